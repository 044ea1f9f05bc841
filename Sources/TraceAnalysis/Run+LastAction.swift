public import PoolSchedule

extension Run {
    /// What a task or thread did with another task.
    public enum Action: Sendable, Equatable {
        /// It submitted the task of this number.
        case submitted(UInt64)
        /// It began to wait for the task of this number.
        case waitedFor(UInt64)
    }

    /// The last that is known of what a task, or a thread outside the pools, did before one of its parts began; `nil`
    /// where nothing is known.
    ///
    /// A part has no source line of its own; this one's is the nearest.
    public func lastAction(before part: TaskPart) -> Action? {
        guard let place = scheduleSteps.firstIndex(where: { $0.part == part }) else { return nil }
        let time = stepTimes[place]
        var last: (time: UInt64, action: Action)?
        func note(_ moment: UInt64, _ action: Action) {
            if moment < time, moment >= last?.time ?? 0 { last = (moment, action) }
        }
        for task in tasks.entries where task.parent == part.task {
            if let submitted = task.submitted { note(submitted, .submitted(task.number)) }
        }
        for wait in waits where wait.task == part.task { note(wait.start, .waitedFor(wait.awaited)) }
        return last?.action
    }
}
