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
    /// Whether the traces may still be written to.
    public let live: Bool

    let sources: [StreamSource]
    private let opened: [OpenMetadata]

    /// Opens the traces at or below paths.
    ///
    /// - Parameters:
    ///   - paths: Folders that hold a trace, or folders of such folders at any depth.
    ///   - live: The traces may still be written to: packets are copied and checked rather than mapped. A ring's packet
    ///     that was re-used since is left out.
    ///   - known: A set opened before: traces whose metadata are the same take over what was made from them.
    /// - Throws: A `TraceError` where nothing can be read: no trace is found, or the metadata is missing or damaged.
    public convenience init(paths: [String], live: Bool = false, known: TraceSet? = nil) throws(TraceError) {
        var opened: [OpenTrace] = []
        var problems: [Problem] = []
        var seen: Set<String> = []
        var classCount = 0
        for path in paths {
            let found = try TraceFolder.find(path)
            problems += found.problems
            for folder in found.folders where seen.insert(folder).inserted {
                do throws(TraceError) {
                    let trace = try OpenTrace(
                        folder: folder, traceIndex: opened.count, firstClassIndex: classCount,
                        known: known?.opened ?? [])
                    opened.append(trace)
                    problems += trace.problems
                    classCount += trace.layouts.reduce(0) { $0 + $1.layouts.count }
                } catch {
                    problems.append(error.problem)
                }
            }
        }
        if opened.allSatisfy(\.streams.isEmpty), let problem = problems.first(where: { $0.isOfMetadata }) {
            throw TraceError(problem)
        }
        self.init(opened, problems: problems, live: live)
    }

    init(_ opened: [OpenTrace], problems: [Problem], live: Bool) {
        traces = opened.map {
            Trace(
                path: $0.folder, environment: $0.metadata.environment, clocks: $0.metadata.clocks,
                byteOrder: $0.metadata.byteOrder, uuid: $0.metadata.uuid)
        }
        self.opened = opened.map(\.opened)
        let sources = opened.flatMap(\.streams)
        self.sources = sources
        self.problems = problems
        self.live = live
        eventClasses = opened.flatMap { $0.layouts.flatMap { $0.layouts.map(\.eventClass) } }
        streams = sources.enumerated().map { index, source in
            TraceStream(
                index: index, traceIndex: source.traceIndex, classID: source.layout.id, instanceID: source.instance,
                files: source.files.map(\.path), clock: source.layout.clock)
        }
    }

    /// The beginning of the earliest packet, in nanoseconds since the epoch; nil where no packet says it.
    public var start: Int64? {
        sources.compactMap { source in
            source.files.first?.timestampBegin.map { source.layout.conversion.nanoseconds($0) }
        }.min()
    }

    /// Begins an iteration over the events in order of time.
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
