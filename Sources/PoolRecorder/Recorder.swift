internal import CEventTable
public import CPoolRecorder
internal import Glibc
internal import PoolModel
internal import PoolSchedule
internal import Synchronization

/// The process's recorder: takes events, keeps them in the ring, and hands them to LTTng where a session listens.
///
/// Events themselves are recorded by the functions `pooltrace_record_<event>` of `CPoolRecorder`, made from the table
/// of events. What is here goes around them: the start and the end, names and sites, snapshots.
public enum Recorder {
    /// Starts recording as `Settings.current` says, once: later calls cost one load.
    ///
    /// The first pool calls this. A folder that cannot be recorded into is reported on standard error; the ring is then
    /// in memory.
    public static func start() {
        if hasStarted.load(ordering: .acquiring) { return }
        starting.withLock { isDone in
            if isDone { return }
            isDone = true
            let (settings, ownsTrace) = Settings.freeze()
            if let problem = open(settings, sharesFolder: !ownsTrace) {
                Notice.write("\(problem); \(isOn ? "recording into memory instead" : "nothing is recorded")")
            }
            recordStart(settings)
            pooltrace_at_exit { status in Recorder.end(status: status) }
            hasStarted.store(true, ordering: .releasing)
        }
    }

    /// Whether it has started, and the settings are settled.
    package static var isStarted: Bool { hasStarted.load(ordering: .acquiring) }

    /// How far into the run a stamp was taken, in nanoseconds.
    ///
    /// Views count from the event of the process's start, and a report that counts from elsewhere contradicts them.
    package static func sinceStart(_ stamp: UInt64) -> UInt64 {
        pooltrace_clock_nanoseconds(startStamp.load(ordering: .relaxed), stamp)
    }

    /// Whether events go anywhere: one load.
    @inlinable
    public static var isOn: Bool { pooltrace_is_recording() }

    /// The directory that is recorded into; nil: the ring is in memory, or off.
    public static var traceDirectory: String? { pooltrace_trace_directory().map { String(cString: $0) } }

    /// The program's command line as a shell takes it, without PoolTrace's own options where the program knows them.
    public static var command: String {
        let words = CommandLine.arguments
        return ShellWord.commandLine(Settings.areFromArguments ? OwnOptions.removed(from: words) : words)
    }

    /// Copies the ring into a new directory, a trace of its own that ends now, while other threads go on recording.
    ///
    /// - Throws: `SnapshotError` if the directory could not be written, has files in it, or the ring is off.
    public static func snapshot(to folder: String) throws(SnapshotError) {
        pooltrace_clock_refresh()
        let number = pooltrace_snapshot_to(folder)
        if number != 0 { throw SnapshotError(folder: folder, number: number) }
    }

    /// Hands the definitions to LTTng again if a session began to listen since the last call: cheap, for moments off
    /// the hot path.
    public static func definitionsCheck() { pooltrace_lttng_check_definitions() }

    /// Adds what is to be done when the process exits, before its end is recorded; the last added runs first.
    public static func atExit(_ body: @escaping @Sendable () -> Void) {
        exitBodies.withLock { $0.append(body) }
    }

    /// Has the process exit with `status` in place of success: for what is known only when it exits.
    package static func replaceSuccess(by status: Int32) { endStatus.store(status, ordering: .relaxed) }

    /// Records that the process ends with `status`: for ends that go past `exit`.
    public static func recordEnd(status: Int32) {
        guard isOn else { return }
        pooltrace_clock_refresh()
        pooltrace_record_process_end(pooltrace_clock_now(), status)
    }

    // MARK: Private

    private static let hasStarted = Atomic(false)
    private static let startStamp = Atomic<UInt64>(0)
    private static let endStatus = Atomic<Int32>(0)
    /// Held during the start: a second caller waits for it.
    private static let starting = Guarded(false)
    private static let exitBodies = Mutex<[@Sendable () -> Void]>([])

    private static func open(_ settings: Settings, sharesFolder: Bool) -> String? {
        withOptionalCString(settings.trace) { trace in
            withOptionalCString(settings.onFailure) { onFailure in
                withOptionalCString(settings.lttngHome) { home in
                    var configuration = pooltrace_configuration()
                    configuration.ring = settings.ring
                    configuration.monotonic_clock = settings.clock == .monotonic
                    // One task at a time has all of the processor that it wants.
                    let isParallel = settings.mode == .parallel && settings.replay == nil
                    configuration.time = settings.time && isParallel
                    configuration.slow_inputs = isParallel
                    configuration.lttng =
                        switch settings.lttng {
                        case .auto: POOLTRACE_LTTNG_AUTO
                        case .on: POOLTRACE_LTTNG_ON
                        case .off: POOLTRACE_LTTNG_OFF
                        }
                    configuration.directory = trace
                    configuration.shares_directory = sharesFolder
                    configuration.limit = settings.limit ?? 0
                    configuration.packet_size = settings.packet ?? 0
                    configuration.keep = settings.keep.map { UInt64($0 / .nanoseconds(1)) } ?? 0
                    configuration.lttng_home = home
                    configuration.on_failure = onFailure
                    configuration.ring_file = Settings.ringFile
                    return pooltrace_recorder_start(&configuration).map { String(cString: $0) }
                }
            }
        }
    }

    private static func recordStart(_ settings: Settings) {
        let now = pooltrace_clock_now()
        startStamp.store(now, ordering: .relaxed)
        guard isOn else { return }
        let mode: pooltrace_mode
        let strategy: String
        switch settings.mode {
        case _ where settings.replay != nil: (mode, strategy) = (POOLTRACE_MODE_SERIAL, "recorded")
        case .parallel: (mode, strategy) = (POOLTRACE_MODE_PARALLEL, "")
        case .serial(let name): (mode, strategy) = (POOLTRACE_MODE_SERIAL, name.description)
        }
        pooltrace_record_process_start(
            now, UInt32(bitPattern: getpid()), UInt32(bitPattern: getppid()),
            UInt32(POOLTRACE_FORMAT_VERSION), UInt8(mode.rawValue), settings.seed, strategy, pooltrace_executable(),
            pooltrace_build_id(), command, pooltrace_processors(), UInt32(settings.workers ?? 0), settings.only ?? "")
        pooltrace_record_modules()
        Interning.recordAll()
    }

    private static func end(status: Int32) {
        while let body = exitBodies.withLock({ $0.popLast() }) { body() }
        let other = endStatus.load(ordering: .relaxed)
        guard status == 0, other != 0 else { return recordEnd(status: status) }
        recordEnd(status: other)
        // From within: what is left of the handlers runs, and the status is this one.
        exit(other)
    }
}

private func withOptionalCString<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
