extension Run {
    /// How long a task ran, by its position, without the time in which it waited for other tasks, in nanoseconds;
    /// `nil` where it has not run to its end.
    public func selfTime(at position: Int) -> UInt64? {
        guard let time = runTime(of: tasks.entries[position]) else { return nil }
        return position < waited.count ? time - min(time, waited[position]) : time
    }

    /// The same of a task.
    public func selfTime(of task: TaskEntry) -> UInt64? { tasks.position(of: task.number).flatMap(selfTime) }

    /// Adds up how long each task waited for others while it was on a worker.
    mutating func addUpWaits() {
        waited = []
        guard !waits.isEmpty else { return }
        var sums = ContiguousArray<UInt64>(repeating: 0, count: tasks.entries.count)
        // Waits are in the order of their starts; those of several threads in one task may overlap.
        var ends = sums
        for wait in waits {
            guard let position = tasks.position(of: wait.task) else { continue }
            let task = tasks.entries[position]
            let from = max(wait.start, ends[position], task.started ?? 0)
            let to = min(wait.ended ?? end, task.ended ?? end)
            guard from < to else { continue }
            ends[position] = to
            sums[position] &+= onWorker(task, from: from, to: to)
        }
        waited = sums
    }

    /// How much of a time a running task was on a worker.
    private func onWorker(_ task: TaskEntry, from: UInt64, to: UInt64) -> UInt64 {
        guard task.wasSuspended, let suspensions = suspensions[task.number] else { return to - from }
        return suspensions.runTime(from: from, to: to)
    }
}
