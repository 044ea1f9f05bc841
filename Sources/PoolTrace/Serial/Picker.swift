import PoolSchedule

/// Who picks the next of the ready tasks.
enum Picker {
    /// A strategy for each priority: a pool never starts a task while one of a higher priority waits, so no order that does is one of its.
    case ranked([any Strategy])
    /// A schedule, which knows what came before what.
    case following(Following)

    /// Strategies that `make` makes.
    static func strategies(_ make: () -> any Strategy) -> Picker {
        .ranked(ThreadPool.Priority.allCases.map { _ in make() })
    }

    var count: Int {
        switch self {
        case .ranked(let ranks): ranks.reduce(0) { $0 + $1.count }
        case .following(let following): following.strategy.count
        }
    }

    mutating func add(_ task: ReadyTask, of job: Job) {
        switch self {
        case .ranked(var ranks):
            self = .ranked([])
            ranks[Int(job.priority.rawValue)].add(task)
            self = .ranked(ranks)
        case .following(let following): following.add(task, of: job)
        }
    }

    mutating func next() -> ReadyTask? {
        switch self {
        case .ranked(var ranks):
            self = .ranked([])
            defer { self = .ranked(ranks) }
            for rank in ranks.indices.reversed() where ranks[rank].count > 0 { return ranks[rank].next() }
            return nil
        case .following(let following): return following.next()
        }
    }

    /// Tells of a task that ran because another waited for it.
    func didRun(_ task: UInt64) {
        if case .following(let following) = self { following.strategy.didRun(task) }
    }

    /// What to say of the first divergence, once.
    func takeDivergence() -> String? {
        if case .following(let following) = self { following.takeDivergence() } else { nil }
    }
}
