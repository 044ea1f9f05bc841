internal import Glibc
public import PoolModel

/// Which tasks of a run are looked at.
public struct TaskFilter: Sendable, Equatable {
    /// From when on, in nanoseconds since the run's start.
    public var from: UInt64?
    /// Until when.
    public var to: UInt64?
    /// Pools, by name or number; empty for all.
    public var pools: [String] = []
    /// Workers, by their number in their pool; empty for all.
    public var workers: [UInt32] = []
    /// A shell pattern for the name; a task without one is matched by its site.
    public var name: String?
    /// Only those that failed.
    public var failedOnly = false
    /// Only those that ran at least so long, in nanoseconds; one that has not ended is taken to run until the trace
    /// ends.
    public var minimumDuration: UInt64?

    /// Makes a filter that lets everything pass.
    public init() {}

    /// The pools that it names and that none of some runs has.
    public func unknownPools(in runs: [Run]) -> [String] {
        let known = Set(runs.flatMap(\.pools).flatMap { ["\($0.number)", $0.name] })
        return pools.filter { !known.contains($0) }
    }

    /// Whether everything passes.
    public var isOpen: Bool { self == TaskFilter() }
}

// MARK: - Bound to a run

extension TaskFilter {
    /// The filter with the run's numbers looked up, so that a task costs a few comparisons.
    public struct Bound: Sendable {
        /// From when on, on the trace's clock.
        public let from: UInt64
        /// Until when.
        public let to: UInt64
        private let run: Run
        private let filter: TaskFilter
        private let pools: Set<UInt32>?
        private let workers: Set<UInt32>?
        private let names: Set<UInt32>?
        private let unnamedSites: Set<UInt32>?

        init(_ filter: TaskFilter, run: Run) {
            self.filter = filter
            self.run = run
            from = Self.clamped(filter.from, run, otherwise: run.start)
            to = max(from, Self.clamped(filter.to, run, otherwise: run.end))
            pools = filter.pools.isEmpty ? nil : Set(run.pools.filter(filter.matches).map(\.number))
            workers =
                filter.workers.isEmpty ? nil : Set(run.workers.filter { filter.workers.contains($0.number) }.map(\.id))
            names = filter.name.map { glob in Set(run.names.filter { TaskFilter.matches(glob, $0.value) }.keys) }
            unnamedSites = filter.name.map { glob in
                Set(run.sites.filter { TaskFilter.matches(glob, $0.value.description) }.keys)
            }
        }

        /// Whether a worker's row is shown.
        public func matches(_ worker: Run.Worker) -> Bool {
            (workers?.contains(worker.id) ?? true) && (pools?.contains(worker.pool) ?? true)
        }

        /// Whether a task is looked at.
        public func matches(_ task: TaskEntry) -> Bool {
            if let pools, !pools.contains(task.pool) { return false }
            if let workers, !workers.contains(task.worker) { return false }
            if let names, let unnamedSites {
                guard task.name != 0 ? names.contains(task.name) : unnamedSites.contains(task.site) else {
                    return false
                }
            }
            if filter.failedOnly, run.state(of: task) != .failed { return false }
            if let least = filter.minimumDuration {
                guard let started = task.started else { return false }
                guard run.runTime(of: task) ?? (max(started, run.end) - started) >= least else { return false }
            }
            guard filter.from != nil || filter.to != nil else { return true }
            let begin = task.submitted ?? task.started ?? task.ended ?? 0
            return begin <= to && (task.ended ?? run.end) >= from
        }

        /// Whether a wait is looked at: as the task that waits is.
        public func matches(_ wait: Run.Wait) -> Bool {
            guard let position = run.tasks.position(of: wait.task) else { return false }
            return matches(run.tasks.entries[position])
        }

        /// Whether a failure is looked at.
        public func matches(_ failure: Failure, task number: UInt64) -> Bool {
            guard let position = run.tasks.position(of: number) else { return true }
            return matches(run.tasks.entries[position])
        }

        private static func clamped(_ offset: UInt64?, _ run: Run, otherwise: UInt64) -> UInt64 {
            guard let offset else { return otherwise }
            let (time, overflow) = run.start.addingReportingOverflow(offset)
            return overflow ? run.end : min(time, run.end)
        }
    }

    /// The filter for the tasks of `run`.
    public func bound(to run: Run) -> Bound { Bound(self, run: run) }

    private func matches(_ pool: Run.Pool) -> Bool {
        pools.contains { $0 == pool.name || UInt32($0) == pool.number }
    }

    private static func matches(_ glob: String, _ text: String) -> Bool { fnmatch(glob, text, 0) == 0 }
}
