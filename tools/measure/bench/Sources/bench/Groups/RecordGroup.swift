import CBench
import CEventTable
import CPoolRecorder
import PoolRecorder

/// One event from Swift, beside what it cannot be cheaper than and what it replaces.
///
/// The event is task_start: a stamp, its number and 12 bytes, as the ring and as LTTng store it.
enum RecordGroup {
    /// Units of a round: a few milliseconds, so that the rows take turns quickly.
    private static let count = 400_000
    /// Enough to go once round the ring on one thread: an event takes 16 bytes.
    private static let fill = Int(Host.ringSize) / 16 * 5 / 4

    static let rows: [Row] =
        peers + linked + [taskEvents, firstUse] + preloaded

    // MARK: Peers

    private static let peers = [
        Row("rdtsc", "rdtsc", .read, in: .off) { Loops.alone(count, cycles) },
        Row("rdtsc-2", "rdtsc, 2 threads", .read, in: .off, threads: 2, [.beside("rdtsc")]) {
            Loops.together(count, cycles)
        },
        Row("clock_gettime", "clock_gettime(CLOCK_MONOTONIC)", .read, in: .off, [.beside("rdtsc")]) {
            Loops.alone(count) { count in
                for _ in 0..<count { bench_use(bench_monotonic()) }
            }
        },
        Row("lttng", "LTTng tracepoint into a session, default clock", .event, in: .lttng, [.beside("rdtsc")]) {
            Loops.alone(count / 4, try tracepoint())
        },
        Row("lttng-2", "LTTng tracepoint, 2 threads", .event, in: .lttng, threads: 2, [.beside("lttng")]) {
            Loops.together(count / 4, try tracepoint())
        },
    ]

    private static let cycles: Loops.Loop = { count in
        for _ in 0..<count { bench_use(bench_cycles()) }
    }

    private static func tracepoint() throws -> Loops.Loop {
        var problem: UnsafePointer<CChar>?
        guard let record = bench_tracepoint_find(try Places.inherited().provider, &problem) else {
            throw BenchError(problem.map { String(cString: $0) } ?? "no LTTng provider")
        }
        return { count in
            for task in 0..<UInt64(count) { bench_tracepoint_record(record, task, 1) }
        }
    }

    // MARK: Linked

    private static let linked = [
        Row("off", "event, recording off", .event, in: .off, [.atMost(nanoseconds: 1)]) {
            Loops.alone(count, try recording(on: false))
        },
        Row("off-2", "event, recording off, 2 threads", .event, in: .off, threads: 2, [.atMost(nanoseconds: 1)]) {
            Loops.together(count, try recording(on: false))
        },
        Row("memory", "event, memory", .event, in: .memory, onTargets) {
            checked(Loops.alone(count, try filled(recording())))
        },
        Row("memory-2", "event, memory, 2 threads", .event, in: .memory, threads: 2, [.atMost(1.15, of: "memory")]) {
            checked(Loops.together(count, try recording()))
        },
        Row("directory", "event, directory", .event, in: .directory, [.atMost(1.1, of: "memory")] + onTargets) {
            checked(Loops.alone(count, try filled(recording())))
        },
        Row(
            "directory-2", "event, directory, 2 threads", .event, in: .directory, threads: 2,
            [.atMost(1.15, of: "directory")]
        ) {
            checked(Loops.together(count, try recording()))
        },
    ]

    private static let firstUse = Row(
        "first-use", "event, directory, new packets", .event, in: .firstUse, [.beside("directory")]
    ) {
        checked(Loops.alone(count, try recording()))
    }

    private static let taskEvents = Row(
        "task-events", "three events of a task, memory", .task, in: .memory, [.atMost(2.5, of: "rdtsc")]
    ) {
        let tasks = count / 4
        let loop = try filled(threeEvents())
        return checked(Loops.alone(tasks, loop), events: 3 * tasks)
    }

    private static let onTargets: [Target] = [.atMost(1.15, of: "rdtsc"), .atMost(0.2, of: "lttng")]

    /// Records as a program does: a look at whether recording is on, then a stamp and the event.
    private static func recording(on: Bool = true) throws -> Loops.Loop {
        try checkRecording(on: on)
        return { count in
            for task in 0..<UInt64(count) {
                if pooltrace_is_recording() { pooltrace_record_task_start(pooltrace_clock_now(), task, 1) }
            }
        }
    }

    /// Records a task as a pool does that is never idle: a stamp for its submit, and one for its start that is the end
    /// of the task before.
    private static func threeEvents() throws -> Loops.Loop {
        try checkRecording(on: true)
        return { count in
            for task in 0..<UInt64(count) {
                if pooltrace_is_recording() {
                    pooltrace_record_task_submit(
                        pooltrace_clock_now(), task, 1, UInt32(truncatingIfNeeded: task), 1)
                    let stamp = pooltrace_clock_now()
                    pooltrace_record_task_end(stamp, task &- 1, UInt8(POOLTRACE_SUCCEEDED.rawValue))
                    pooltrace_record_task_start(stamp, task, 1)
                }
            }
        }
    }

    private static func checkRecording(on: Bool) throws {
        Recorder.start()
        try Conditions.check(recording: on)
        guard Recorder.traceDirectory == Places.folder else {
            throw BenchError("recording goes to \(Recorder.traceDirectory ?? "memory")")
        }
    }

    /// Goes once round the ring, so that every later round uses packets again.
    private static func filled(_ loop: @escaping Loops.Loop) throws -> Loops.Loop {
        loop(fill)
        return loop
    }

    /// Checks that a round stored its events: this thread's own, and none discarded.
    private static func checked(_ round: @escaping Row.Round, events: Int = count) -> Row.Round {
        {
            let before = bench_events_stored()
            let sample = try round()
            let stored = bench_events_stored() - before
            guard stored == UInt64(events) else { throw BenchError("\(stored) of \(events) events were stored") }
            let discarded = pooltrace_ring_totals().discarded
            guard discarded == 0 else { throw BenchError("\(discarded) events were discarded") }
            return sample
        }
    }

    // MARK: Preloaded

    private static let preloaded = [
        Row("preloaded-off", "event, preloaded, recording off", .event, in: .preloadedOff, [.atMost(nanoseconds: 1)]) {
            Loops.alone(count, try table(on: false))
        },
        Row("preloaded-memory", "event, preloaded, memory", .event, in: .preloadedMemory, onTargets) {
            undiscarded(Loops.alone(count, try filled(table())))
        },
        Row(
            "preloaded-memory-2", "event, preloaded, memory, 2 threads", .event, in: .preloadedMemory, threads: 2,
            [.atMost(1.15, of: "preloaded-memory")]
        ) {
            undiscarded(Loops.together(count, try table()))
        },
        Row(
            "preloaded-directory", "event, preloaded, directory", .event, in: .preloadedDirectory,
            [.atMost(1.1, of: "preloaded-memory")]
        ) {
            undiscarded(Loops.alone(count, try filled(table())))
        },
    ]

    /// Records through the preloaded library's table of functions.
    private static func table(on: Bool = true) throws -> Loops.Loop {
        guard let table = bench_preloaded_find() else { throw BenchError("no preloaded recorder") }
        if let problem = table.pointee.start(on, Places.folder, Host.ringSize) {
            throw BenchError(String(cString: problem))
        }
        nonisolated(unsafe) let functions = table
        return { count in
            for task in 0..<UInt64(count) { bench_preloaded_record(functions, task, 1) }
        }
    }

    private static func undiscarded(_ round: @escaping Row.Round) -> Row.Round {
        {
            let sample = try round()
            let discarded = bench_preloaded_find()?.pointee.discarded() ?? 0
            guard discarded == 0 else { throw BenchError("\(discarded) events were discarded") }
            return sample
        }
    }
}
