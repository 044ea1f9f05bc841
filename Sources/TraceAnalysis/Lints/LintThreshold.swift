/// From where on the lints speak, and why there.
///
/// All are of the kind "noticeable at all" or "well beyond what a healthy run does by chance"; none is tuned to one
/// program.
enum LintThreshold {
    /// Less lost time is not worth a sentence, in nanoseconds: 10 ms is what a busy machine's scheduler takes away by
    /// chance.
    static let minimumLoss: UInt64 = 10_000_000
    /// Nor is a smaller part of the makespan: a tenth is about what two runs of one program differ by.
    static let minimumShare = 0.1

    /// A worker is much busier than the others from this factor on; random distribution of a few tasks for each worker
    /// stays below.
    static let unevenFactor = 2.0
    /// With fewer tasks for each worker an uneven end is chance.
    static let unevenTasksPerWorker = 4

    /// A task that runs for less is tiny, in nanoseconds: ten times what it costs to hand over one of many (50 to 100
    /// ns, traced).
    static let tinyRunTime: UInt64 = 1000
    /// Fewer tiny tasks cost less than a millisecond.
    static let tinyTasks: UInt64 = 1000

    /// A straggler runs so many times as long as half of its name's tasks do; a spread of two or three is common.
    static let stragglerFactor: UInt64 = 5
    /// Of fewer tasks of a name nobody can say what is usual.
    static let stragglerGroup: UInt64 = 10
    /// More than this part of a name's tasks are no stragglers but a second kind of task.
    static let stragglerShare = 0.05

    /// Fewer children one by one may each need the one before: setup, work, teardown.
    static let oneByOneChildren = 8
    /// Of a child that its parent waits for at once no larger part passes before the wait than this: parents that work
    /// meanwhile are fine.
    static let oneByOneHead = 0.1

    /// Tasks that share all processors fairly with as many others are ready for half of their time; some percent are
    /// common on any machine.
    static let crowdedReady = 0.25
    /// Tasks that are blocked for longer than they compute leave a processor idle for each.
    static let blockedShare = 0.5
    /// Of less of the run time nothing is said of all of it.
    static let measuredShare = 0.5
    /// So many running tasks for each processor are common: most wait for files, the network or a timer now and then,
    /// which a trace does not show.
    static let crowdedFactor = 2
    /// A smaller part of the makespan in which more run is a burst.
    static let crowdedShare = 0.5

    /// A shorter wait starves nobody, in nanoseconds.
    static let starvingWait: UInt64 = 1_000_000

    /// Whether lost time is worth a sentence.
    static func isWorthwhile(_ loss: UInt64, of makespan: UInt64) -> Bool {
        loss >= minimumLoss && Double(loss) >= minimumShare * Double(makespan)
    }
}
