internal import Foundation
internal import TestSupport
internal import Testing

/// What Perfetto answers about an export: the trace processor starts slowly, so each trace is asked about once, for all
/// tests.
struct PerfettoAnswers: Sendable {
    let format: String
    let rows: [String: [[any Sendable]]]

    /// The rows that a query gave.
    func text(_ query: String) -> String {
        let rows = (rows[query] ?? []).map { row in "[\(row.map { "\($0)" }.joined(separator: ", "))]" }
        return "[\(rows.joined(separator: ", "))]"
    }

    /// About the run with everything in it.
    static let everything = Task { try await ask(.everything()) }

    /// About tasks inside others.
    static let nested = Task { try await ask(.nested()) }

    /// About a session of two processes, and a trace of one that has the number of the first.
    static let several = Task {
        var trace = TraceWriter.typical(.lttng)
        trace.become(4712)
        trace.begin(program: "other")
        trace.run(1, worker: 1, from: 60, milliseconds: 10)
        return try await ask(trace, .typical())
    }

    private static let formats = [("perfetto", "debug"), ("chrome", "args")]

    private static func ask(_ writers: TraceWriter...) async throws -> [PerfettoAnswers] {
        try await withTemporaryDirectory { out in
            let traces = try writers.map { writer in
                let trace = try TemporaryDirectory()
                try writer.write(to: trace)
                return trace
            }
            var asked: [[String: Any]] = []
            for (format, arguments) in formats {
                let file = out.path(format)
                let result = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["export", "--to", format, "-o", file] + traces.map(\.path))
                try #require(result.status == .exited(0) && result.error.isEmpty, "\(result)")
                let counts = ExportCounts.perfettoQueries(arguments: arguments)
                asked.append(["trace": file, "queries": queries.merging(counts) { own, _ in own }])
            }
            let answers = try #require(
                await Oracle.ask("ask_perfetto.py", ["traces": asked]) as? [[String: [[Any]]]])
            return zip(formats, answers).map { format, answer in
                let rows = answer.mapValues { rows in rows.map { row in row.map(Self.value) } }
                return PerfettoAnswers(format: format.0, rows: rows)
            }
        }
    }

    /// A value of JSON, which is a number or a text here.
    private static func value(_ value: Any) -> any Sendable {
        if let text = value as? String { return text }
        if let number = value as? Int { return number }
        return value as? Double
    }

    private static let queries = [
        "errors": "SELECT name, value FROM stats WHERE severity != 'info' AND value > 0",
        "flows": """
        SELECT f.category AS source, t.category AS target, count(*) FROM flow JOIN slice f ON slice_out = f.id
        JOIN slice t ON slice_in = t.id WHERE f.ts <= t.ts GROUP BY 1, 2
        """,
        "inside": """
        SELECT parent.category, parent.dur AS outer, slice.dur AS inner FROM slice
        JOIN slice parent ON slice.parent_id = parent.id WHERE slice.dur = 6000000 AND slice.category = 'task'
        """,
        "threads": """
        SELECT tid, thread.name FROM thread JOIN process USING (upid) WHERE tid < 5000000 AND pid > 0 ORDER BY tid
        """,
        "counters": """
        SELECT max(value) FROM counter JOIN counter_track t ON track_id = t.id WHERE t.name LIKE 'files: %'
        GROUP BY t.name ORDER BY t.name
        """,
        "segments": "SELECT count(*), sum(dur) FROM slice WHERE category = 'segment'",
        "rows": """
        SELECT count(DISTINCT upid), count(*), count(DISTINCT utid) FROM slice JOIN thread_track t ON track_id = t.id
        JOIN thread USING (utid) WHERE category = 'task'
        """,
    ]
}
