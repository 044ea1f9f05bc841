internal import ArgumentParser
internal import CTF
internal import PoolModel
internal import TraceViews

/// `pooltrace events`: every event of any CTF trace, one a line, in order of time.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print every event of a trace, one per line, in order of time.",
        usage: "pooltrace events [<options>] <trace> ...",
        discussion: """
            Reads any trace in the Common Trace Format, 1.8 and 2: from PoolTrace, LTTng or another tracer. A line of text has the
            time in seconds since the start, the number of the stream, the event's name, its context and its fields. With --format
            json each line is an object; numbers are exact, beyond 2^53 too; bytes that are not UTF-8 become U+FFFD. Discarded
            events, missing packets and what was ignored are lines on standard error.

            \(ExitTable.events)

            EXAMPLES:
              pooltrace events runs/checker-1 | grep task_
              pooltrace events runs/checker-1 --summary
              pooltrace events runs/checker-1 --from 1.5s --to 1.6s --format json | jq .name
              diff <(pooltrace events --no-times first) <(pooltrace events --no-times second)
            """)

    @Argument(help: "Directories with traces, at any depth.", completion: .directory)
    var traces: [String]

    @OptionGroup var damage: DamageOptions

    @Option(help: "Output format.")
    var format = OutputFormat.text

    @Flag(
        help: ArgumentHelp(
            """
            Print the number of events of each kind instead, with their time range and the range of each field \
            (for texts and sequences the length).
            """))
    var summary = false

    @Flag(
        name: .customLong("no-times"),
        help:
            "Leave out values that differ between identical runs: times, streams, process and thread IDs, addresses.")
    var withoutTimes = false

    @Option(
        help: ArgumentHelp(
            "Print only events from this time on, since the start: 1.5s, 20ms, 300us.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) })
    var from: UInt64?

    @Option(
        help: ArgumentHelp("Print only events up to this time, since the start.", valueName: "time"),
        transform: { try Quantity.nanoseconds($0) })
    var to: UInt64?

    @Flag(help: "Read traces that are still being written: copy and check each packet.")
    var live = false

    func validate() throws {
        if traces.isEmpty { throw ValidationError("expected the directory of a trace") }
        try TaskFilterOptions.validate(from: from, to: to)
    }

    func run() throws {
        let found: Found
        do {
            let set = try TraceSet(paths: traces, live: live)
            found = try print(set)
        } catch is StandardOutput.Closed {
            return
        } catch {
            StandardError.write("\(error)")
            return try CommandExit.failure.end()
        }
        for note in found.notes { StandardError.write("\(note)") }
        for line in found.losses.lines { StandardError.write(line) }
        try damage.tell(found.problems.map(\.description), count: found.problemCount)
        if found.problemCount > 0 { try CommandExit.damaged.end() }
    }

    /// What was found besides events.
    private struct Found {
        var notes: [Problem]
        var losses: EventLosses
        /// What is damaged: the first of each stream.
        var problems: [Problem]
        var problemCount: Int
    }

    /// Prints the events.
    private func print(_ set: TraceSet) throws -> Found {
        let start = set.start ?? 0
        let (from, to) = (from.map { start &+ Int64(clamping: $0) }, to.map { start &+ Int64(clamping: $0) })
        let lines = summary ? nil : EventLines(set, json: format == .json, times: !withoutTimes)
        guard !damage.strict else {
            // What comes after the first damage is known only in order.
            let cursor = set.makeCursor(from: from, to: to, isStrict: true)
            var summary: EventSummary?
            if let lines {
                try lines.write(cursor, to: StandardOutput.write)
            } else {
                summary = EventSummary.read(set, cursor)
            }
            let losses = EventLosses(set, cursor.accounts, from: from)
            write(summary, losses)
            return Found(
                notes: cursor.notes + cursor.disorder, losses: losses, problems: cursor.problems,
                problemCount: cursor.problemCount)
        }
        nonisolated(unsafe) let cursors = set.makeStreamCursors(from: from, to: to)
        var summary: EventSummary?
        if let lines {
            try lines.write(cursors, to: StandardOutput.write)
        } else {
            summary = EventSummary.read(set, cursors)
        }
        let losses = EventLosses(set, cursors.map(\.account), from: from)
        write(summary, losses)
        return Found(
            notes: set.notes + cursors.flatMap { $0.notes + $0.disorder }, losses: losses,
            problems: set.problems + cursors.flatMap(\.problems),
            problemCount: set.problems.count + cursors.reduce(0) { $0 + $1.problemCount })
    }

    private func write(_ summary: EventSummary?, _ losses: EventLosses) {
        guard var summary else { return }
        summary.losses = losses
        format.write(summary)
    }
}
