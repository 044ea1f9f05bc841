internal import CEventTable
public import CTF
internal import CommandSystem

/// Reads the runs that a trace holds, one for each process: at once, or piece by piece while it is written.
public struct RunReader {
    /// What was read.
    public struct Reading: Sendable {
        /// The runs, in the order in which the trace first speaks of them.
        public var runs: [Run] = []
        /// What is damaged, a line each: file, packet, byte, what was expected and found.
        public var damage: [String] = []
        /// How many damages there are: `damage` holds the first of each stream.
        public var damageCount = 0
        /// What is no damage, as nothing is left out because of it: what was ignored, packets of another UUID.
        public var notes: [String] = []

        /// Why there are no runs, in words.
        public var emptiness: String {
            damage.isEmpty
                ? "no events of a pool; `pooltrace events` shows its events"
                : "no run can be recognized in the readable rest; `pooltrace events` shows its events"
        }
    }

    /// Looks at a reading while it goes on.
    public struct Observer {
        /// Told how many events have been read, every 65,536 of them.
        public let progress: (Int) -> Void
        /// Given the runs as far as they have been read, after some events: a first picture of a large trace.
        public let early: ([Run]) -> Void

        /// Creates an observer.
        public init(progress: @escaping (Int) -> Void, early: @escaping ([Run]) -> Void) {
            self.progress = progress
            self.early = early
        }

        /// After how many events there are early runs: all in all they are a third as much work as the runs themselves.
        static let earlyAt = [1 << 16, 1 << 18, 1 << 20, 1 << 22]
        static let step = 1 << 16
    }

    /// Who an event belongs to.
    private struct Process: Hashable {
        /// The trace, by its place in `traces`; nil where the processes of a session are told apart by their numbers.
        var trace: Int?
        var pid: UInt64?
    }

    /// A stream of the trace, and what was read of it.
    private struct Stream {
        /// Whose events it holds, and whose the last one was.
        var runs: Set<Int> = []
        var lastRun = -1
        /// When the first was.
        var first: UInt64?
        /// How many events it had before the first that was read; nil as long as none of its packets was.
        var overwritten: UInt64?
        /// How many events it had behind the last that was read.
        var position: UInt64 = 0
        var discarded: UInt64 = 0
        /// How many events were left out that are older than the ring keeps them.
        var aged: UInt64 = 0
    }

    /// What a stream is called from one reading to the next: its trace, and its number or, without one, its file.
    private struct StreamName: Hashable {
        let trace: Int
        let instance: UInt64?
        let file: String
    }

    /// What the runs say that they were read from.
    public let trace: String
    /// The traces, by where they are below what is read: in another reading they may be in another directory, and among
    /// others.
    private var traces: [String: Int] = [:]
    /// Where the traces that are rings, which have one process each, are below what is read, by their places.
    private var ringFolders: [Int: String] = [:]
    /// For how long those traces keep events, in nanoseconds, that keep them for a time only, by their places.
    private var keeps: [Int: UInt64] = [:]
    private var builders: [RunBuilder] = []
    private var places: [Process: Int] = [:]
    private var last: (process: Process, place: Int)?
    private var streams: [Stream] = []
    private var streamPlaces: [StreamName: Int] = [:]
    private var damage: [String] = []
    private var damageCount = 0
    private var notes: [String] = []

    /// Makes a reader that has read nothing yet.
    ///
    /// - Parameter trace: What the runs say that they were read from.
    public init(trace: String) { self.trace = trace }

    /// Reads all traces at or below a directory.
    ///
    /// - Parameters:
    ///   - isStrict: Stop at the first damage.
    ///   - observer: Is told how far the reading has come.
    /// - Throws: A sentence that names the directory or file at fault, if nothing can be read at all.
    public static func read(_ path: String, isStrict: Bool = false, observer: Observer? = nil) throws -> Reading {
        var reader = RunReader(trace: path)
        try reader.read(path, isStrict: isStrict, observer: observer)
        return reader.reading
    }

    /// Reads all traces at or below a directory that go on where those end that were read before.
    ///
    /// Events that were read before are passed over: a stream's packets say how many events it had before them.
    ///
    /// - Parameters:
    ///   - isStrict: Stop at the first damage.
    ///   - observer: Is told how far the reading has come.
    /// - Returns: Whether nothing is missing between what was read before and now.
    @discardableResult
    public mutating func read(_ path: String, isStrict: Bool = false, observer: Observer? = nil) throws -> Bool {
        let set = try TraceSet(paths: [path])
        let isWritten = set.traces.contains(where: Self.isWritten)
        return read(isWritten ? set.whileWritten : set, below: path, isStrict: isStrict, observer: observer)
    }

    /// Reads traces that nobody writes to, such as copies in memory, and that go on where those end that were read
    /// before.
    ///
    /// - Parameter traces: Their paths are what the reader was made for, and below it.
    /// - Returns: Whether nothing is missing between what was read before and now.
    public mutating func read(_ traces: [TraceSource]) -> Bool {
        read(TraceSet(traces), below: trace, isStrict: false, observer: nil)
    }

    private mutating func read(_ set: TraceSet, below path: String, isStrict: Bool, observer: Observer?) -> Bool {
        let contexts = set.eventClasses.map { $0.contextFieldIndex(named: "vpid") }
        let traces = set.traces.map { self.place(ofTrace: Self.name(of: $0.path, below: path)) }
        for (trace, place) in zip(set.traces, traces) where trace.text("tracer_name") == "pooltrace" {
            ringFolders[place] = Self.name(of: trace.path, below: path)
        }
        let processes = set.eventClasses.map { Self.process(of: set.traces[$0.traceIndex], at: traces[$0.traceIndex]) }
        for (trace, place) in zip(set.traces, traces) {
            keeps[place] = trace.number("keep_ns").flatMap { UInt64(exactly: $0) }
        }
        let oldest = oldestKept(in: set, traces)
        let decoder = EventDecoder(set.eventClasses)
        let cursor = set.makeCursor(isStrict: isStrict)
        let goesOn = !streams.isEmpty
        let known = set.streams.map { self.place(of: $0, in: traces[$0.traceIndex]) }
        // Of each stream that has been read before, how many of its events are still to be passed over; nil before its
        // first.
        var left = [UInt64?](repeating: nil, count: known.count)
        var count = 0
        while cursor.next() {
            count &+= 1
            if count & (Observer.step - 1) == 0, let observer { tell(observer, count) }
            let event = cursor.event
            let stream = event.streamIndex
            if goesOn {
                let rest = left[stream] ?? Self.seen(streams[known[stream]], cursor.account(ofStream: stream))
                left[stream] = rest == 0 ? 0 : rest - 1
                if rest > 0 { continue }
            }
            if event.timestamp < oldest[stream] {
                streams[known[stream]].aged += 1
                continue
            }
            guard let decoded = decoder.decode(event) else { continue }
            var process = processes[event.classIndex]
            if let context = contexts[event.classIndex] {
                process = Process(trace: nil, pid: event.context.unsigned(context))
            }
            add(decoded, at: UInt64(max(0, event.timestamp)), of: process, stream: known[stream])
        }
        damage += cursor.problems.map(\.description)
        damageCount += cursor.problemCount
        notes += cursor.notes.map(\.description)
        return note(cursor.accounts, known)
    }

    /// Of each stream the time before which events are older than its ring keeps them, which packets with younger ones
    /// have too; the kept stream's never are.
    private func oldestKept(in set: TraceSet, _ traces: [Int]) -> [Int64] {
        var oldest = [Int64](repeating: .min, count: set.streams.count)
        guard set.streams.contains(where: { keeps[traces[$0.traceIndex]] != nil }) else { return oldest }
        // Steps over all packets.
        let cursor = set.makeCursor(from: .max)
        while cursor.next() {}
        var ends: [Int: Int64] = [:]
        for account in cursor.accounts {
            let stream = set.streams[account.streamIndex]
            guard let reading = account.lastPacket["timestamp_end"] else { continue }
            let end = set.nanoseconds(reading, ofStream: stream.index)
            ends[stream.traceIndex] = max(ends[stream.traceIndex] ?? .min, end)
        }
        for stream in set.streams where stream.instanceID != UInt64(POOLTRACE_KEPT_STREAM) {
            guard let keep = keeps[traces[stream.traceIndex]], let end = ends[stream.traceIndex] else { continue }
            oldest[stream.index] = end - Int64(clamping: keep)
        }
        return oldest
    }

    /// How many of the events of a stream's packets were read before.
    private static func seen(_ stream: Stream, _ account: StreamAccount) -> UInt64 {
        let before = account.firstPacket["events_before"] ?? 0
        return stream.overwritten == nil || stream.position < before ? 0 : stream.position - before
    }

    /// Keeps what the streams' accounts say; returns whether nothing is missing in between.
    private mutating func note(_ accounts: [StreamAccount], _ known: [Int]) -> Bool {
        var isWhole = true
        for (account, place) in zip(accounts, known) where account.packetsRead > 0 {
            let before = account.firstPacket["events_before"] ?? 0
            if account.packetsLost > 0 || streams[place].overwritten != nil && before > streams[place].position {
                isWhole = false
            }
            streams[place].overwritten = streams[place].overwritten ?? before
            streams[place].position = max(streams[place].position, before &+ account.eventsRead)
            streams[place].discarded = account.eventsDiscarded
        }
        return isWhole
    }

    private mutating func place(of stream: TraceStream, in trace: Int) -> Int {
        let file = stream.instanceID == nil ? stream.files.first ?? "" : ""
        let name = StreamName(trace: trace, instance: stream.instanceID, file: file)
        if let place = streamPlaces[name] { return place }
        streams.append(Stream())
        streamPlaces[name] = streams.count - 1
        return streams.count - 1
    }

    private mutating func place(ofTrace name: String) -> Int {
        if let place = traces[name] { return place }
        traces[name] = traces.count
        return traces.count - 1
    }

    /// What is left of a trace's path without that of the directory that is read.
    private static func name(of trace: String, below path: String) -> String {
        guard trace.hasPrefix(path) else { return trace }
        return trace.dropFirst(path.count).split(separator: "/").joined(separator: "/")
    }

    /// How many events of a stream have been read or were overwritten before; 0 for one that is unknown.
    ///
    /// - Parameters:
    ///   - instance: The stream's number.
    ///   - trace: Where its trace is below what was read; empty for that itself.
    public func position(ofStream instance: UInt64, in trace: String) -> UInt64 {
        guard let trace = traces[trace],
            let place = streamPlaces[StreamName(trace: trace, instance: instance, file: "")]
        else { return 0 }
        return streams[place].position
    }

    /// Tells how far the reading has come.
    private func tell(_ observer: Observer, _ count: Int) {
        observer.progress(count)
        if Observer.earlyAt.contains(count) { observer.early(runs(builders)) }
    }

    /// Whose events a trace holds, where the events do not say it themselves.
    private static func process(of trace: Trace, at index: Int) -> Process {
        // A session with a buffer for each process names it in the environment of each trace.
        if let pid = trace.number("vpid") { return Process(trace: nil, pid: UInt64(exactly: pid)) }
        return Process(trace: index, pid: trace.number("pid").flatMap { UInt64(exactly: $0) })
    }

    /// Whether a trace is a ring that a process may still be writing to.
    private static func isWritten(_ trace: Trace) -> Bool {
        guard trace.text("tracer_name") == "pooltrace", let pid = trace.number("pid").flatMap({ Int32(exactly: $0) }),
            pid > 0
        else { return false }
        return ProcessState.isAlive(pid)
    }

    @inline(__always)
    private mutating func add(_ event: PoolEvent, at time: UInt64, of process: Process, stream: Int) {
        if last?.process != process { last = (process, place(of: process)) }
        guard var place = last?.place else { return }
        if case .processStart(let start) = event, builders[place].hasEnded, builders[place].process != start {
            // The kernel gave the ID of an ended process to another.
            builders.append(RunBuilder(contextPID: process.pid))
            place = builders.count - 1
            places[process] = place
            last = (process, place)
        }
        builders[place].add(event, at: time)
        if streams[stream].lastRun != place {
            streams[stream].lastRun = place
            streams[stream].runs.insert(place)
            if streams[stream].first == nil { streams[stream].first = time }
        }
    }

    private mutating func place(of process: Process) -> Int {
        if let place = places[process] { return place }
        builders.append(RunBuilder(contextPID: process.pid))
        places[process] = builders.count - 1
        return builders.count - 1
    }

    /// What has been read so far.
    public var reading: Reading {
        var builders = builders
        for stream in streams {
            let loss = Loss(overwritten: (stream.overwritten ?? 0) &+ stream.aged, discarded: stream.discarded)
            guard loss != Loss() else { continue }
            // A stream that several processes share does not say whose events it lost; one without events may be
            // anybody's.
            let owners = stream.runs.isEmpty ? Set(builders.indices) : stream.runs
            for place in owners {
                builders[place].add(loss)
                if loss.overwritten > 0 { builders[place].noteOverwritten(before: stream.first ?? UInt64.max) }
            }
        }
        return Reading(runs: runs(builders), damage: damage, damageCount: damageCount, notes: notes)
    }

    /// Whether events are those of a run, and not what random bytes look like: of those an event is read by chance here
    /// and there, some ten in a packet, until one cannot be.
    ///
    /// A process says of itself what bytes do not say by chance.
    private func isCredible(_ run: Run) -> Bool {
        run.process != nil || run.loss.shown / Self.eventsByChance >= UInt64(clamping: damageCount)
    }

    /// How many events are read by chance between two damages, at most.
    private static let eventsByChance: UInt64 = 32

    private func runs(_ builders: [RunBuilder]) -> [Run] {
        let folders = places.compactMap { process, place in
            process.trace.flatMap { ringFolders[$0] }.map { (place, $0) }
        }
        let subfolders = Dictionary(folders, uniquingKeysWith: { first, _ in first })
        var keeps: [Int: UInt64] = [:]
        for (process, place) in places { keeps[place] = process.trace.flatMap { self.keeps[$0] } }
        let runs = builders.enumerated().map { place, builder in
            var run = builder.finish()
            run.trace = trace
            run.subfolder = subfolders[place] ?? ""
            run.keep = keeps[place]
            return run
        }
        return Run.joined(runs.filter { !$0.isEmpty && isCredible($0) })
    }
}
