import CBench
import Foundation

/// Reading traces beside babeltrace2: child processes from start to end, their output to `/dev/null`.
///
/// Both readers put the streams in order of time and read every field of every event. The figure is the wall time of
/// the whole process an event, with its start and the reading of the metadata.
enum DecodeGroup {
    static let rows = DecodeTrace.all.flatMap(rows)

    /// babeltrace2 takes nearly all of the group's time: its text is measured where a target names it, twice, and
    /// nothing of it is warmed up, as the files are in memory since its count.
    private static func rows(of trace: DecodeTrace) -> [Row] {
        let id = trace.id
        let dummy = Row(
            "dummy-\(id)", "babeltrace2, dummy sink, \(trace.title)", .event, in: .tool,
            mostRounds: trace.isSlow ? 1 : .max, warmsUp: false
        ) {
            try babeltrace(trace, ["--output-format=dummy"], note: true)
        }
        let babelText = Row(
            "bt2-text-\(id)", "babeltrace2, text, \(trace.title)", .event, in: .tool, mostRounds: 2, warmsUp: false
        ) {
            try babeltrace(trace, [])
        }
        let summary = Row(
            "decode-\(id)", "pooltrace events --summary, \(trace.title)", .event, in: .tool,
            [.faster(trace.isRing ? 30 : 15, than: dummy.id)] + trace.decodeTargets
        ) {
            try pooltrace(trace, ["--summary"])
        }
        let text = Row(
            "text-\(id)", "pooltrace events, \(trace.title)", .event, in: .tool,
            (trace.hasTextPeer ? [.faster(25, than: babelText.id)] : []) + trace.textTargets
        ) {
            try pooltrace(trace, [])
        }
        let json = Row(
            "json-\(id)", "pooltrace events --format json, \(trace.title)", .event, in: .tool, [.beside(text.id)]
        ) {
            try pooltrace(trace, ["--format", "json"])
        }
        return [dummy] + (trace.hasTextPeer ? [babelText] : []) + [summary, text] + (trace.hasTextPeer ? [json] : [])
    }

    // MARK: The two readers

    private static func pooltrace(_ trace: DecodeTrace, _ options: [String]) throws -> Row.Round {
        let places = try Places.inherited()
        let (path, events) = try trace.make(in: places)
        return {
            let watch = Stopwatch(ofChildren: true)
            try ChildProgram.run(places.pooltrace, ["events", path] + options)
            return watch.stop(count: events)
        }
    }

    private static func babeltrace(_ trace: DecodeTrace, _ options: [String], note: Bool = false) throws -> Row.Round {
        let places = try Places.inherited()
        let (path, events) = try trace.make(in: places)
        let counted = note && !trace.isSlow ? try count(path, places) : events
        guard counted == events else {
            throw BenchError("babeltrace2 reads \(counted) events of \(path), pooltrace \(events)")
        }
        return {
            let watch = Stopwatch(ofChildren: true)
            try ChildProgram.run("/usr/bin/env", ["babeltrace2", path] + options)
            var sample = watch.stop(count: events)
            if note, !trace.isSlow { sample.note = "\(events) events, as both readers count them" }
            return sample
        }
    }

    /// How many events babeltrace2 finds.
    private static func count(_ path: String, _ places: Places) throws -> Int {
        let output = places.scratch + "/count.txt"
        try ChildProgram.run(
            "/usr/bin/env", ["babeltrace2", path, "--component=sink.utils.counter"], output: output)
        let text = try String(contentsOfFile: output, encoding: .utf8)
        let words = text.split(separator: "\n").last { $0.contains("Event message") }?.split(separator: " ")
        guard let count = words?.first.flatMap({ Int($0.filter { $0 != "," }) }) else {
            throw BenchError("babeltrace2's counter printed no count of events: \(text.suffix(200))")
        }
        return count
    }
}
