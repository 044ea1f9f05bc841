// MARK: - Lints

extension Run {
    /// The likely performance problems and mistakes of this run: at most one lint for each name, pool or parent.
    ///
    /// Made anew each time, in one or a few passes over the tasks.
    public var lints: [Lint] {
        let isParallel = process?.isSerial != true
        var lints = lossLints
        // One thread, in an order that a strategy chose: how it was spread over time says nothing of the program.
        if isParallel { lints += balanceLints + starvingQueues + processorLints }
        lints += waitLints
        let order = Lint.Kind.allCases
        return lints.enumerated().sorted { left, right in
            let places = (order.firstIndex(of: left.element.kind) ?? 0, order.firstIndex(of: right.element.kind) ?? 0)
            return places.0 != places.1 ? places.0 < places.1 : left.offset < right.offset
        }.map(\.element)
    }
}

// MARK: - Texts

extension Run {
    /// A pool as a sentence names it.
    func called(pool number: UInt32) -> String { pool(number).map { "pool \"\($0.name)\"" } ?? "pool \(number)" }

    /// Whether a task is one of Swift Concurrency: those that PoolTrace takes over are in a pool of their own.
    func isAsync(_ task: TaskEntry) -> Bool { task.wasSuspended || pool(task.pool)?.name == "swift-concurrency" }

    /// A task as a sentence names it.
    func called(task: TaskEntry) -> String {
        let name = name(of: task).map { " \"\($0)\"" } ?? ""
        return path(of: task) + name
    }

    /// Up to three tasks as a sentence names them.
    func called(tasks positions: [Int], of count: Int) -> String {
        let names = positions.prefix(3).map { called(task: tasks.entries[$0]) }
        return names.joined(separator: ", ") + (count > names.count ? " and \(count - names.count) more" : "")
    }
}
