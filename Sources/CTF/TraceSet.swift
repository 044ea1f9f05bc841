/// One or more traces, read together: a session is several (one for each user and word size, or one for each process).
public final class TraceSet: Sendable {
    /// The traces, in order of their paths.
    public let traces: [Trace]
    /// Every event class of every trace; `EventClass.index` is its place here.
    public let eventClasses: [EventClass]
    /// The streams of every trace, in the order that decides between events of equal time.
    public let streams: [TraceStream]
    /// What was found broken when the traces were opened; a cursor adds what it comes upon.
    public let problems: [Problem]
    /// What was ignored when the traces were opened, and is no damage; a cursor adds what it comes upon.
    public let notes: [Problem]
    /// Whether the traces may still be written to.
    public let live: Bool

    let sources: [StreamSource]

    /// Opens the traces at or below paths.
    ///
    /// - Parameters:
    ///   - paths: Folders that hold a trace, or folders of such folders at any depth.
    ///   - live: See `whileWritten`.
    /// - Throws: A `TraceError` where nothing can be read: no trace is found, or the metadata is missing or damaged.
    public convenience init(paths: [String], live: Bool = false) throws(TraceError) {
        var found: [Found] = []
        var seen: Set<String> = []
        for path in paths {
            let below = try TraceFolder.find(path)
            found += below.problems.map { .problem($0) }
            for folder in below.folders where seen.insert(folder).inserted {
                do throws(TraceError) {
                    found.append(.trace(try TraceSource(directory: folder)))
                } catch {
                    found.append(.problem(error.problem))
                }
            }
        }
        self.init(found, live: live)
        if streams.isEmpty, let problem = problems.first(where: { $0.isOfMetadata }) { throw TraceError(problem) }
    }

    /// Opens traces whose bytes may be anywhere.
    public convenience init(_ traces: [TraceSource]) { self.init(traces.map { .trace($0) }, live: false) }

    private enum Found {
        case trace(TraceSource)
        case problem(Problem)
    }

    private init(_ found: [Found], live: Bool) {
        var problems: [Problem] = []
        var opened: [OpenTrace] = []
        var classCount = 0
        for found in found {
            switch found {
            case .problem(let problem): problems.append(problem)
            case .trace(let source):
                let trace = OpenTrace(source, traceIndex: opened.count, firstClassIndex: classCount)
                opened.append(trace)
                problems += trace.problems
                classCount += trace.eventClasses.count
            }
        }
        traces = opened.map {
            Trace(
                path: $0.source.path, environment: $0.metadata.environment, clocks: $0.metadata.clocks,
                byteOrder: $0.metadata.byteOrder, uuid: $0.metadata.uuid, namespace: $0.metadata.identity.namespace,
                name: $0.metadata.identity.name, uid: $0.metadata.identity.uid)
        }
        let streamSources = opened.flatMap(\.streams)
        self.sources = streamSources
        self.problems = problems
        notes = opened.flatMap { $0.source.metadata.notes }
        self.live = live
        eventClasses = opened.flatMap(\.eventClasses)
        streams = streamSources.enumerated().map { index, source in
            TraceStream(
                index: index, traceIndex: source.traceIndex, classID: source.layout.id, instanceID: source.instance,
                files: source.files.map(\.source.name), clock: source.layout.clock,
                hasTimes: source.layout.hasTimes)
        }
    }

    private init(_ set: TraceSet, live: Bool) {
        (traces, eventClasses, streams) = (set.traces, set.eventClasses, set.streams)
        (problems, notes, sources, self.live) = (set.problems, set.notes, set.sources, live)
    }

    /// The same traces, as ones that may still be written to: packets of files are copied and checked rather than
    /// mapped, and a ring's packet that was re-used since the set was opened is left out.
    public var whileWritten: TraceSet { TraceSet(self, live: true) }

    /// A reading of a stream's clock, such as its packets have, in nanoseconds as its events have their times.
    public func nanoseconds(_ reading: UInt64, ofStream index: Int) -> Int64 {
        sources[index].layout.conversion.nanoseconds(reading)
    }

    /// What times are counted from, in nanoseconds since the epoch; nil where there are no times.
    ///
    /// It is the beginning of the earliest packet, or the first event of a stream whose packets do not say when they
    /// begin, or say that their clock was at zero then, as tracers do that do not read it.
    public var start: Int64? {
        sources.enumerated().compactMap { index, source -> Int64? in
            guard source.layout.hasTimes else { return nil }
            if let begin = source.files.first?.timestampBegin, begin > 0 {
                return source.layout.conversion.nanoseconds(begin)
            }
            let cursor = StreamCursor(source, index: index, live: live, from: .min, to: .max)
            return cursor.next() ? cursor.event.timestamp : nil
        }.min()
    }

    /// Begins an iteration over the events in order of time.
    ///
    /// Where time goes back in a stream, every event in the range is there all the same.
    ///
    /// - Parameters:
    ///   - from: Events before this time are left out; in nanoseconds since the epoch.
    ///   - to: Events after this time are left out.
    ///   - isStrict: End at the first damage.
    public func makeCursor(from: Int64? = nil, to: Int64? = nil, isStrict: Bool = false) -> EventCursor {
        EventCursor(self, from: from ?? .min, to: to ?? .max, isStrict: isStrict)
    }

    /// A cursor for each stream, in the order of `streams`: for what needs no order between streams, or makes it later.
    ///
    /// What was found broken when the traces were opened (`problems`) is not told again.
    public func makeStreamCursors(from: Int64? = nil, to: Int64? = nil) -> [StreamCursor] {
        sources.enumerated().map { index, source in
            StreamCursor(source, index: index, live: live, from: from ?? .min, to: to ?? .max)
        }
    }

    /// Calls a closure for every event in order of time.
    ///
    /// - Parameter body: Gets the event, which is valid until the closure returns.
    /// - Returns: The cursor at its end, with the accounts and the problems.
    @discardableResult
    public func forEach<Failure: Error>(
        from: Int64? = nil, to: Int64? = nil, _ body: (Event) throws(Failure) -> Void
    ) throws(Failure) -> EventCursor {
        let cursor = makeCursor(from: from, to: to)
        while cursor.next() { try body(cursor.event) }
        return cursor
    }
}
