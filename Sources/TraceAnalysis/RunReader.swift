internal import CTF
internal import Glibc

/// Reads the runs that a trace holds: one for each process.
public struct RunReader {
    /// What was read.
    public struct Reading: Sendable {
        /// The runs, in the order in which the trace first speaks of them.
        public var runs: [Run] = []
        /// What is damaged, a line each: file, packet, byte, what was expected and found.
        public var damage: [String] = []
        /// How many damages there are: `damage` holds the first of each stream.
        public var damageCount = 0
    }

    /// Looks at a reading while it goes on.
    public struct Observer {
        /// Told how many events have been read, every 65,536 of them.
        public let progress: (Int) -> Void
        /// Given the runs as far as they have been read, after some events: a first picture of a large trace.
        public let early: ([Run]) -> Void

        /// Makes an observer from its parts.
        public init(progress: @escaping (Int) -> Void, early: @escaping ([Run]) -> Void) {
            self.progress = progress
            self.early = early
        }

        /// After how many events there are early runs: few and small, as each is a copy of what was read.
        static let earlyAt = [1 << 16, 1 << 19]
        static let step = 1 << 16
    }

    /// Who an event belongs to.
    private struct Process: Hashable {
        /// The trace of the set; 0 where the processes of a session are told apart by their numbers.
        var trace: Int
        var pid: UInt64?
    }

    private let trace: String
    private var builders: [RunBuilder] = []
    private var places: [Process: Int] = [:]
    private var last: (process: Process, place: Int)?
    /// For each stream, whose events it holds, and when the first was.
    private var streamRuns: [Set<Int>]
    private var streamLast: [Int]
    private var streamFirst: [UInt64?]

    private init(trace: String, streams: Int) {
        self.trace = trace
        streamRuns = Array(repeating: [], count: streams)
        streamLast = Array(repeating: -1, count: streams)
        streamFirst = Array(repeating: nil, count: streams)
    }

    /// Reads all traces at or below a folder.
    ///
    /// - Parameters:
    ///   - isStrict: Stop at the first damage.
    ///   - observer: Is told how far the reading has come.
    /// - Throws: A sentence that names the folder or file at fault, if nothing can be read at all.
    public static func read(_ path: String, isStrict: Bool = false, observer: Observer? = nil) throws -> Reading {
        var set = try TraceSet(paths: [path])
        if set.traces.contains(where: Self.isWritten) { set = try TraceSet(paths: [path], live: true) }
        var reader = RunReader(trace: path, streams: set.streams.count)
        let contexts = set.eventClasses.map { $0.contextFieldIndex(named: "vpid") }
        let processes = set.eventClasses.map { Self.process(of: set.traces[$0.traceIndex], at: $0.traceIndex) }
        let decoder = EventDecoder(set.eventClasses)
        let cursor = set.makeCursor(isStrict: isStrict)
        var count = 0
        while cursor.next() {
            count &+= 1
            if count & (Observer.step - 1) == 0, let observer { reader.tell(observer, count) }
            let event = cursor.event
            guard let decoded = decoder.decode(event) else { continue }
            var process = processes[event.classIndex]
            if let context = contexts[event.classIndex] {
                process = Process(trace: 0, pid: event.context.unsigned(context))
            }
            reader.add(decoded, at: UInt64(max(0, event.timestamp)), of: process, stream: event.streamIndex)
        }
        return reader.finish(cursor)
    }

    /// Tells how far the reading has come.
    private func tell(_ observer: Observer, _ count: Int) {
        observer.progress(count)
        guard Observer.earlyAt.contains(count) else { return }
        let runs = builders.map { builder in
            var run = builder.finish()
            run.trace = trace
            return run
        }
        observer.early(Run.joined(runs.filter { !$0.isEmpty }))
    }

    /// Whose events a trace holds, where the events do not say it themselves.
    private static func process(of trace: Trace, at index: Int) -> Process {
        // A session with a buffer for each process names it in the environment of each trace.
        if let pid = trace.number("vpid") { return Process(trace: 0, pid: UInt64(exactly: pid)) }
        return Process(trace: index, pid: trace.number("pid").flatMap { UInt64(exactly: $0) })
    }

    /// Whether a trace is a ring that a process may still be writing to.
    private static func isWritten(_ trace: Trace) -> Bool {
        guard trace.text("tracer_name") == "pooltrace", let pid = trace.number("pid").flatMap({ pid_t(exactly: $0) }),
            pid > 0
        else { return false }
        return kill(pid, 0) == 0 || errno == EPERM
    }

    @inline(__always)
    private mutating func add(_ event: PoolEvent, at time: UInt64, of process: Process, stream: Int) {
        if last?.process != process { last = (process, place(of: process)) }
        guard var place = last?.place else { return }
        if case .processStart(let start) = event, builders[place].hasEnded, builders[place].process != start {
            // The kernel gave the number of a process that has ended to another.
            builders.append(RunBuilder(contextPID: process.pid))
            place = builders.count - 1
            places[process] = place
            last = (process, place)
        }
        builders[place].add(event, at: time)
        if streamLast[stream] != place {
            streamLast[stream] = place
            streamRuns[stream].insert(place)
            if streamFirst[stream] == nil { streamFirst[stream] = time }
        }
    }

    private mutating func place(of process: Process) -> Int {
        if let place = places[process] { return place }
        builders.append(RunBuilder(contextPID: process.pid))
        places[process] = builders.count - 1
        return builders.count - 1
    }

    private mutating func finish(_ cursor: EventCursor) -> Reading {
        for account in cursor.accounts {
            let stream = account.streamIndex
            let overwritten = account.firstPacket["events_before"] ?? 0
            let loss = Loss(overwritten: overwritten, discarded: account.eventsDiscarded)
            guard loss != Loss() else { continue }
            // A stream that several processes share does not say whose events it lost; one without events may be anybody's.
            let owners = streamRuns[stream].isEmpty ? Set(builders.indices) : streamRuns[stream]
            for place in owners {
                builders[place].add(loss)
                if overwritten > 0 { builders[place].noteOverwritten(before: streamFirst[stream] ?? UInt64.max) }
            }
        }
        var reading = Reading(damage: cursor.problems.map(\.description), damageCount: cursor.problemCount)
        for builder in builders {
            var run = builder.finish()
            run.trace = trace
            if !run.isEmpty { reading.runs.append(run) }
        }
        reading.runs = Run.joined(reading.runs)
        return reading
    }
}
