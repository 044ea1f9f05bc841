import PoolSchedule

/// Who picks the next of the ready tasks.
enum Picker {
    /// A strategy for each priority: a pool never starts a task while one of a higher priority waits, so no order that
    /// does is one of its.
    case ranked(Ranks)
    /// A schedule, which knows what came before what.
    case following(Following)

    /// Strategies, and how many tasks each has: asking one costs more than the rest of a step.
    final class Ranks {
        private var ranks: [any Strategy]
        private var counts: [Int]
        private(set) var count = 0

        init(_ ranks: [any Strategy]) {
            self.ranks = ranks
            counts = ranks.map { _ in 0 }
        }

        func add(_ task: ReadyTask, rank: Int) {
            ranks[rank].add(task)
            counts[rank] += 1
            count += 1
        }

        func limitToEnd(_ waits: [LimitedWait]) -> Int? {
            counts.lastIndex { $0 > 0 }.flatMap { ranks[$0].limitToEnd(waits) }
        }

        func next() -> ReadyTask? {
            guard count > 0, let rank = counts.lastIndex(where: { $0 > 0 }) else { return nil }
            counts[rank] -= 1
            count -= 1
            return ranks[rank].next()
        }
    }

    /// Strategies that `make` makes.
    static func strategies(_ make: () -> any Strategy) -> Picker {
        .ranked(Ranks(ThreadPool.Priority.allCases.map { _ in make() }))
    }

    var count: Int {
        switch self {
        case .ranked(let ranks): ranks.count
        case .following(let following): following.strategy.count
        }
    }

    func add(_ task: ReadyTask, of job: Job) {
        switch self {
        case .ranked(let ranks): ranks.add(task, rank: Int(job.priority.rawValue))
        case .following(let following): following.add(task, of: job)
        }
    }

    /// What is in the middle of its task: every pool has begun it already.
    func add(_ task: ReadyTask) {
        switch self {
        case .ranked(let ranks): ranks.add(task, rank: Int(ThreadPool.Priority.normal.rawValue))
        case .following(let following): following.strategy.add(task)
        }
    }

    func next() -> ReadyTask? {
        switch self {
        case .ranked(let ranks): ranks.next()
        case .following(let following): following.next()
        }
    }

    func limitToEnd(_ waits: [LimitedWait]) -> Int? {
        switch self {
        case .ranked(let ranks): ranks.limitToEnd(waits)
        case .following(let following): following.strategy.limitToEnd(waits)
        }
    }

    /// Whether a task may be passed over for ever.
    var isUnfair: Bool {
        switch self {
        case .ranked: true
        case .following: false
        }
    }

    /// Notes that a task ran because another waited for it.
    func didRun(_ task: UInt64) {
        if case .following(let following) = self { following.strategy.didRun(task) }
    }
}
