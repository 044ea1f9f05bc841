import PoolModel
import PoolSchedule

/// The jobs that could run now, in serial mode: a strategy picks among them, those of the highest priority, by number and token.
///
/// With a target (`--only`) the strategy sees only the target, the tasks above it and those below; the others are held back. Before the
/// target has been submitted they run where a wait needs them; once it has run, everything else ends as cancelled.
struct ReadyJobs {
    enum Decision {
        case run
        case cancel
    }

    struct Next {
        let job: Job
        let core: PoolCore
        /// The task's number; for a chunk, its element's.
        let task: UInt64
        let decision: Decision
        /// How many tasks were ready, this one among them.
        let ready: Int
    }

    private var strategy: RankedStrategy
    private var jobs: [(job: Job, core: PoolCore)?] = []
    private var free: [Int] = []

    private let only: TaskPath?
    /// The numbers of the target and of everything above it.
    private let onlyIDs: Set<UInt64>
    private let target: UInt64?
    private var held: any Strategy = FIFOStrategy()
    private var isTargetSubmitted = false
    private var hasTargetRun = false

    init(makeStrategy: () -> any Strategy, only: TaskPath?) {
        strategy = RankedStrategy(makeStrategy)
        self.only = only
        onlyIDs = Set(only?.ids ?? [])
        target = only?.id
    }

    var isEmpty: Bool { strategy.count == 0 && held.count == 0 }

    /// Whether a target was asked for that has not been submitted yet.
    var waitsForTarget: Bool { only != nil && !isTargetSubmitted }

    /// Whether the strategy has something to choose from.
    var hasChosen: Bool { strategy.count > 0 }

    /// The target, if there was one and it was never submitted.
    var missedTarget: TaskPath? { waitsForTarget ? only : nil }

    mutating func add(_ job: Job, of core: PoolCore) {
        let token = free.popLast() ?? jobs.count
        if token == jobs.count { jobs.append((job, core)) } else { jobs[token] = (job, core) }
        let ready = ReadyTask(task: job.readyTask, token: token)
        guard only != nil else { return strategy.add(ready, job.priority) }
        didSubmit(ready.task)
        if onlyIDs.contains(ready.task) || isBelowTarget(job) {
            strategy.add(ready, job.priority)
        } else {
            held.add(ready)
        }
    }

    /// The next job.
    mutating func next() -> Next? {
        let count = strategy.count
        if let chosen = strategy.next() { return take(chosen, ready: count, hasTargetRun ? decision(chosen) : .run) }
        // The target is not there yet, or it is over.
        guard let chosen = held.next() else { return nil }
        return take(chosen, ready: held.count + 1, hasTargetRun ? .cancel : .run)
    }

    /// Whether the target has run, and a task is neither the target nor below it.
    func isOver(for job: Job) -> Bool { hasTargetRun && job.task != target && !isBelowTarget(job) }

    /// Whether a task is the target or above it.
    func isChosen(_ task: UInt64) -> Bool { onlyIDs.contains(task) }

    mutating func didSubmit(_ task: UInt64) {
        if task == target { isTargetSubmitted = true }
    }

    mutating func didRun(_ task: UInt64) {
        if task == target { (isTargetSubmitted, hasTargetRun) = (true, true) }
    }

    private mutating func take(_ chosen: ReadyTask, ready: Int, _ decision: Decision) -> Next? {
        guard let (job, core) = jobs[chosen.token] else { return nil }
        jobs[chosen.token] = nil
        free.append(chosen.token)
        return Next(job: job, core: core, task: chosen.task, decision: decision, ready: ready)
    }

    /// After the target has run, what it submitted still runs, and what is above it ends by itself.
    private func decision(_ chosen: ReadyTask) -> Decision {
        guard let (job, _) = jobs[chosen.token] else { return .run }
        return isBelowTarget(job) ? .run : .cancel
    }

    private func isBelowTarget(_ job: Job) -> Bool {
        var node: TaskNode? = job.parentNode
        while let current = node {
            if current.task == target { return true }
            node = current.parent
        }
        return false
    }
}

/// A strategy for each priority: a pool never starts a task while one of a higher priority waits, so no order that does is one of its.
private struct RankedStrategy {
    private var ranks: [any Strategy]

    init(_ make: () -> any Strategy) { ranks = ThreadPool.Priority.allCases.map { _ in make() } }

    var count: Int { ranks.reduce(0) { $0 + $1.count } }

    mutating func add(_ task: ReadyTask, _ priority: ThreadPool.Priority) { ranks[Int(priority.rawValue)].add(task) }

    mutating func next() -> ReadyTask? {
        for rank in ranks.indices.reversed() where ranks[rank].count > 0 { return ranks[rank].next() }
        return nil
    }
}

extension Job {
    /// The task that a strategy decides on: for a chunk of a map, which has one element in serial mode, that element.
    var readyTask: UInt64 {
        kind == .chunk ? TaskID.element(of: task, index: index) : task
    }

    /// Whether somebody who waited for it has run or cancelled what this job stands for.
    var isStale: Bool {
        switch kind {
        case .closure, .segment: false
        case .future: Unmanaged<AnyFuture>.fromOpaque(contextPointer).takeUnretainedValue().hasStarted
        case .chunk: Unmanaged<Map>.fromOpaque(contextPointer).takeUnretainedValue().hasStarted(chunk: Int(index))
        }
    }
}
