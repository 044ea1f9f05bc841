public import ArgumentParser
import CTF
import PoolModel

/// `pooltrace events`: every event of any CTF trace, one a line, in order of time.
public struct EventsCommand: ParsableCommand {
    /// What `--help` says.
    public static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print every event of traces, one a line, in order of time.",
        usage: "pooltrace events [<options>] <trace> ...",
        discussion: """
            Reads any trace in the Common Trace Format 1.8: our ring's, LTTng's, other tracers'. A line of text has the time in
            seconds since the start, the number of the stream, the event's name, its context and its fields. With --format json
            each line is an object; numbers are exact, beyond 2^53 too; bytes that are not UTF-8 become U+FFFD.

            EXIT STATUS: 0 everything was read, 1 nothing could be read, 3 there was damage (each is a line on standard error;
            what is whole was printed, with --strict what comes before the first), 64 the command line is wrong.

            EXAMPLES:
              pooltrace events runs/checker-1 | grep task_
              pooltrace events runs/checker-1 --summary
              pooltrace events runs/checker-1 --from 1.5s --to 1.6s --format json | jq .name
              diff <(pooltrace events --no-times first) <(pooltrace events --no-times second)
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "Folders that hold traces, at any depth.", completion: .directory)
    var traces: [String]

    @OptionGroup var damage: DamageOptions

    @Option(help: "How events are printed.")
    var format = Format.text

    @Flag(
        help: ArgumentHelp(
            """
            Instead of the events: how many there are of each kind, from when to when, and between which values each field \
            lies (of texts and sequences the length).
            """))
    var summary = false

    @Flag(
        name: .customLong("no-times"),
        help:
            "Leave out what differs between two identical runs: times, streams, process and thread numbers, addresses.")
    var withoutTimes = false

    @Option(help: "Only events from this time on, counted from the start: 1.5s, 20ms, 300us.")
    var from: TimeOffset?

    @Option(help: "Only events up to this time, counted from the start.")
    var to: TimeOffset?

    @Flag(help: "The traces are still being written: copy each packet and check it.")
    var live = false

    /// Makes the command; ArgumentParser fills it in.
    public init() {}

    /// Refuses a range of time that is empty.
    public func validate() throws {
        if traces.isEmpty { throw ValidationError("expected the folder of a trace") }
        if let from, let to, from.nanoseconds > to.nanoseconds { throw ValidationError("'--from' is after '--to'") }
    }

    /// Prints the events.
    public func run() throws {
        let set: TraceSet
        do throws(TraceError) {
            set = try TraceSet(paths: traces, live: live)
        } catch {
            StandardError.write(error.description)
            throw ExitCode(1)
        }
        let start = set.start ?? 0
        let (from, to) = (from.map { start &+ $0.nanoseconds }, to.map { start &+ $0.nanoseconds })
        let (problems, count): ([Problem], Int)
        do {
            if damage.strict {
                // What comes after the first damage is known only in order.
                let cursor = set.makeCursor(from: from, to: to, isStrict: true)
                try print(set, cursor)
                (problems, count) = (cursor.problems, cursor.problemCount)
            } else {
                nonisolated(unsafe) let cursors = set.makeStreamCursors(from: from, to: to)
                try print(set, cursors)
                problems = set.problems + cursors.flatMap(\.problems)
                count = set.problems.count + cursors.reduce(0) { $0 + $1.problemCount }
            }
        } catch is StandardOutput.Closed {
            return
        } catch {
            StandardError.write("\(error)")
            throw ExitCode(1)
        }
        try damage.tell(problems.map(\.description), count: count)
        if count > 0 { throw ExitCode(3) }
    }

    /// Prints the events of streams side by side.
    private func print(_ set: TraceSet, _ cursors: [StreamCursor]) throws {
        if summary { return print(EventSummary.read(set, cursors, threads: Threads.spare), of: set) }
        try OrderedLines(cursors, format: eventFormat(set)).write(threads: Threads.spare) {
            try StandardOutput.write($0)
        }
    }

    /// Prints the events that a cursor comes to.
    private func print(_ set: TraceSet, _ cursor: EventCursor) throws {
        if summary {
            var summary = EventSummary(set)
            while cursor.next() { summary.add(cursor.event) }
            return print(summary, of: set)
        }
        var writer = EventWriter(eventFormat(set), capacity: 1 << 16)
        while cursor.next() {
            writer.write(cursor.event)
            guard writer.output.count >= 1 << 15 else { continue }
            try StandardOutput.write(writer.output.bytes)
            writer.output.removeAll()
        }
        try StandardOutput.write(writer.output.bytes)
    }

    private func eventFormat(_ set: TraceSet) -> EventFormat {
        EventFormat(set, json: format == .json, times: !withoutTimes)
    }

    private func print(_ summary: EventSummary, of set: TraceSet) {
        StandardOutput.write(format == .json ? summary.json(set.eventClasses) : summary.text(set.eventClasses))
    }
}
