internal import TraceAnalysis

extension Run {
    /// The position of the nearest task above one that the trace shows: the one that submitted it, behind the map that
    /// it is an element of.
    func shownSubmitter(of task: TaskEntry) -> Int? {
        var number = task.parent
        // No program nests deeper; a damaged trace may go round in circles.
        for _ in 0..<1000 {
            guard let position = tasks.position(of: number) else { return nil }
            if tasks.entries[position].isShown { return position }
            number = tasks.entries[position].parent
        }
        return nil
    }

    /// The position of a task that the trace shows.
    func shownTask(_ number: UInt64) -> Int? {
        tasks.position(of: number).flatMap { tasks.entries[$0].isShown ? $0 : nil }
    }
}
