/// Which task held a worker before each task, and on whose stack it ran.
struct WorkerOccupancy {
    /// By position: the task that ended on its worker before it started, at the same depth of the stack; -1 without
    /// one.
    private(set) var before: ContiguousArray<Int32>
    /// By position: the task on whose stack it ran, which waits meanwhile; -1 without one.
    private(set) var around: ContiguousArray<Int32>

    init(_ run: Run) {
        before = ContiguousArray(repeating: -1, count: run.tasks.entries.count)
        around = before
        var stacks: [UInt32: [(position: Int32, end: UInt64)]] = [:]
        for position in run.startOrder {
            let task = run.tasks.entries[Int(position)]
            guard let started = task.started, task.worker != TaskEntry.noWorker else { continue }
            var stack = stacks.removeValue(forKey: task.worker) ?? []
            var last: Int32 = -1
            while let top = stack.last, top.end <= started {
                last = top.position
                stack.removeLast()
            }
            before[Int(position)] = last
            around[Int(position)] = stack.last?.position ?? -1
            // An async task holds its worker until it leaves it for the first time.
            let first = task.wasSuspended ? run.suspensions[task.number]?.segments.first?.end : nil
            let end = max(started, first ?? task.ended ?? UInt64.max)
            stack.append((Int32(truncatingIfNeeded: position), end))
            stacks[task.worker] = stack
        }
    }
}
