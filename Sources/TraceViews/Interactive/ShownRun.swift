internal import PoolModel
public import TraceAnalysis

/// A run made ready to be looked at: what the panes would otherwise look up at each frame.
public struct ShownRun: Sendable {
    /// The run.
    public let run: Run
    let timelines: TimelineIndex
    let lanes: TimelineLanes
    let reports: [FailureReport]
    /// The failures by their tasks.
    let failures: [UInt64: Failure]
    /// The positions of failed tasks, by the time of their ends.
    let failed: [UInt32]
    /// Its lints; nil until they are computed, which takes a few passes over all tasks.
    var lints: [Lint]?

    /// Where tasks spend their time on a processor, of a live run lately; nil where stacks are not sampled.
    let hottest: HottestFunction?

    /// From where on the timeline shows all of it, in nanoseconds since its start.
    let beginning: UInt64

    /// Makes a run ready; of a large one this takes a while, and is done where the run is read.
    ///
    /// - Parameter isLive: The run goes on: of hours that are overwritten nothing is shown.
    public init(_ run: Run, isLive: Bool = false) {
        self.run = run
        beginning = isLive && run.wholeSince < run.end ? run.offset(run.wholeSince) : 0
        hottest = run.hottestFunction(since: isLive ? run.end - min(run.end, Self.lately) : 0)
        timelines = TimelineIndex(run)
        lanes = TimelineLanes(run, timelines)
        reports = run.reports
        failures = Dictionary(
            zip(run.failureTasks, run.failures), uniquingKeysWith: { first, _ in first })
        failed = run.failureTasks.compactMap { run.tasks.position(of: $0) }.map { UInt32(truncatingIfNeeded: $0) }
            .sorted {
                (run.tasks.entries[Int($0)].ended ?? 0, $0) < (run.tasks.entries[Int($1)].ended ?? 0, $1)
            }
    }

    /// Ten seconds, in nanoseconds.
    private static let lately: UInt64 = 10_000_000_000

    func task(_ position: UInt32) -> TaskEntry? {
        run.tasks.entries.indices.contains(Int(position)) ? run.tasks.entries[Int(position)] : nil
    }

    /// The number of a worker in its pool.
    func workerText(_ task: TaskEntry) -> String {
        guard task.worker != TaskEntry.noWorker else { return "-" }
        return run.worker(task.worker).map { "\($0.number)" } ?? "\(task.worker)"
    }

}
