public import PoolModel
public import PoolSchedule

/// How a process runs and records, as its environment and its arguments say.
public struct Settings: Sendable, Equatable {
    /// Who picks the next task.
    public enum Mode: Sendable, Equatable {
        /// The workers.
        case parallel
        /// A strategy, on one thread.
        case serial(strategy: StrategyName)
    }

    /// What a replay does when the run leaves the schedule.
    public enum Divergence: String, Sendable, CaseIterable {
        /// Goes on by what is left of it.
        case resync
        /// Ends the process.
        case strict
        /// Goes on first in, first out.
        case `continue`
    }

    /// What becomes of a task's input in reports and traces.
    public enum Input: String, Sendable, CaseIterable {
        /// Its description, cut.
        case full
        /// The name of its type alone.
        case type
        /// Nothing.
        case none
    }

    /// When events go to LTTng.
    public enum LTTng: String, Sendable, CaseIterable {
        /// If there is a session daemon.
        case auto
        /// Always.
        case on
        /// Never.
        case off
    }

    /// What becomes of the async tasks of a program that `PoolTraceRuntime` is linked into or preloaded to, in
    /// parallel.
    public enum Runtime: String, Sendable, CaseIterable {
        /// Swift's own threads run them, and they are recorded.
        case record
        /// PoolTrace's workers run them, and are recorded too.
        case pool
        /// They are left alone, in serial mode too.
        case off
    }

    /// What samples the stacks of tasks on a processor.
    public enum SampleMethod: String, Sendable, CaseIterable {
        /// Perf events where the kernel grants them and a worker switches seldom, else timers.
        case auto
        /// Perf events, and timers where there are none.
        case perf
        /// Timers of processor time.
        case timer
    }

    /// What events are stamped with.
    public enum Clock: String, Sendable, CaseIterable {
        /// The cycle counter where it is invariant, else the monotonic clock.
        case tsc
        /// `CLOCK_MONOTONIC`.
        case monotonic
    }

    /// How many workers a pool may have.
    public static let allowedWorkers = 1...4096

    /// `POOLTRACE_MODE`, `parallel` or `serial` or `serial:STRATEGY`.
    public var mode = Mode.parallel
    /// `POOLTRACE_SEED`, of a strategy that takes one.
    public var seed: UInt64 = 0
    /// `POOLTRACE_WORKERS`, of each pool; nil: as the program says.
    public var workers: Int?
    /// `POOLTRACE_RUNTIME`.
    public var runtime = Runtime.record
    /// `POOLTRACE_PATIENCE`: how long, in serial mode, async tasks wait for a foreign thread
    /// while nothing happens, before they count as lost.
    public var patience = Duration.seconds(2)
    /// `POOLTRACE_ONLY`, the path of the one task to run, with what it awaits.
    public var only: String?
    /// `POOLTRACE_BREAK_AT`, the path of the task before whose body a debugger is to stop.
    public var breakAt: String?
    /// `POOLTRACE_REPLAY`, the schedule to follow, serially; nil: none.
    public var replay: String?
    /// `POOLTRACE_DIVERGENCE`.
    public var divergence = Divergence.resync
    /// `POOLTRACE_TRACE`, the directory to record into; nil: memory.
    public var trace: String?
    /// `POOLTRACE_LIMIT`, how many bytes the ring and what is kept may take together; nil: 16 MiB in memory, 1 GiB in a
    /// directory.
    public var limit: UInt64?
    /// `POOLTRACE_PACKET`, the size of a packet in bytes; nil: 64 KiB in memory, 1 MiB in a directory.
    public var packet: UInt64?
    /// `POOLTRACE_RING`, `on` or `off`: whether events stay in the ring.
    public var ring = true
    /// `POOLTRACE_ON_FAILURE`, the directory where a failure leaves a snapshot of the ring.
    public var onFailure: String?
    /// `POOLTRACE_LTTNG`.
    public var lttng = LTTng.auto
    /// `POOLTRACE_CLOCK`.
    public var clock = Clock.tsc
    /// `POOLTRACE_TIME`, `on` or `off`: whether workers record, in parallel, where their time goes: on a processor,
    /// ready without one, or blocked.
    public var time = true
    /// `POOLTRACE_INPUT`.
    public var input = Input.full
    /// `POOLTRACE_FRAMES`: whether reports fold the frames of recursion.
    public var frames = FrameDetail.folded
    /// `POOLTRACE_STACKS`, `on` or `off`: whether SIGQUIT and `pooltrace stacks` show what every worker does.
    public var stacks = false
    /// `POOLTRACE_SAMPLE`: how often the stacks of tasks are sampled, in processor time of a worker; nil: never.
    public var sample: Duration?
    /// `POOLTRACE_BLOCKED`: where tasks are sampled, how long a worker has been blocked in one when its stack is read;
    /// zero: never.
    public var blocked = Duration.milliseconds(10)
    /// `POOLTRACE_SAMPLE_METHOD`.
    public var sampleMethod = SampleMethod.auto
    /// `POOLTRACE_FAULTS`, `on` or `off`: whether a trap, a bad pointer or an abort is reported before it ends the
    /// process.
    public var faults = true
    /// `POOLTRACE_STALL`: tasks that run for longer are reported; nil: as the program says.
    public var stallLimit: Duration?
    /// `POOLTRACE_SPIN`: how much processor time a task may take, in serial mode, without a decision point before other
    /// tasks continue beside it; nil: 5 s, and 1 s where orders are searched for.
    public var spinLimit: Duration?
    /// `POOLTRACE_KEEP`: for how long events are kept, however much room there is; nil: as long as there is room.
    public var keep: Duration?
    /// `POOLTRACE_SNAPSHOT_WHEN`: the bounds that, once passed, have the ring kept.
    public var snapshotWhen: [SnapshotBound] = []
    /// `POOLTRACE_SNAPSHOT_DIR`, where it is kept; nil: where failures leave it, or `pooltrace-snapshots`.
    public var snapshotDirectory: String?
    /// `POOLTRACE_SNAPSHOT_EVERY`: the least time between two snapshots.
    public var snapshotEvery = Duration.seconds(10)
    /// `POOLTRACE_SNAPSHOT_LAST`: how many snapshots stay.
    public var snapshotLast = 10
    /// The parent of the user's own LTTng directory: `LTTNG_HOME`, else `HOME`.
    public var lttngHome: String?

    /// The settings of a process whose environment says nothing.
    public init() {}

    /// The settings in force.
    public static var current: Settings { state.withLock { $0.settings } }

    /// Replaces the settings by those of the program's arguments.
    ///
    /// From then on the command in reports is without PoolTrace's own options, which the settings stand for.
    ///
    /// - Throws: `SettingsError.alreadyRecording` once the first pool has started.
    public static func adopt(_ settings: Settings) throws(SettingsError) {
        let isTooLate = state.withLock { state in
            if state.isFrozen { return true }
            state.ownsTrace = settings.trace != state.settings.trace
            state.settings = settings
            state.areFromArguments = true
            return false
        }
        if isTooLate { throw .alreadyRecording }
    }

    /// Takes over, in a worker process, the settings of its pool's process.
    ///
    /// - Parameter ring: The descriptor of the memory file for its ring; 0: one of its own.
    package static func inherit(_ settings: Settings, ring: Int32) {
        state.withLock { ($0.settings, $0.ringFile) = (settings, ring) }
    }

    /// The descriptor of an inherited ring.
    static var ringFile: Int32 { state.withLock { $0.ringFile } }

    /// The settings in force, and whether the program's arguments name a directory to record into, which is then for
    /// this process alone; from now on they stay.
    static func freeze() -> (settings: Settings, ownsTrace: Bool) {
        state.withLock { state in
            state.isFrozen = true
            return (state.settings, state.ownsTrace)
        }
    }

    /// Whether the program takes PoolTrace's own options from its arguments.
    static var areFromArguments: Bool { state.withLock { $0.areFromArguments } }

    private struct State {
        var settings = Settings.fromEnvironment()
        var areFromArguments = false
        var ownsTrace = false
        var ringFile: Int32 = 0
        var isFrozen = false
    }

    private static let state = Guarded(State())
}

/// Why settings were not taken.
public enum SettingsError: Error, Equatable, CustomStringConvertible {
    /// The recorder has started with other settings.
    case alreadyRecording

    /// A sentence.
    public var description: String {
        switch self {
        case .alreadyRecording:
            "settings cannot be changed after the first pool has been created"
        }
    }
}
