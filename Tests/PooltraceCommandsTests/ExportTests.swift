internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

@Suite("pooltrace export")
struct ExportTests {
    private func pooltrace(_ arguments: String...) async throws -> ChildResult {
        try await Child.run(BuiltProduct.path("pooltrace"), arguments)
    }

    /// Exports a trace, to a file beside its folder.
    private func export(_ format: String, of trace: TemporaryDirectory, to out: TemporaryDirectory) async throws
        -> String
    {
        let file = out.path("out.\(format)")
        let result = try await pooltrace("export", "--to", format, trace.path, "-o", file)
        try #require(result.status == .exited(0) && result.error.isEmpty, "\(result)")
        return file
    }

    /// Gives `body` the folders of a trace and for what is exported of it.
    private func withTrace(
        _ writer: TraceWriter, _ body: (_ trace: TemporaryDirectory, _ out: TemporaryDirectory) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { trace in
            try writer.write(to: trace)
            try await withTemporaryDirectory { out in try await body(trace, out) }
        }
    }

    private func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    private func json(_ file: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
    }

    /// A trace, and how much there is of each thing in it.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let writer: TraceWriter
        let perfetto: Task<[PerfettoAnswers], any Error>
        let counts: ExportCounts
        /// What the text views say of its tasks.
        let sentence: String
    }

    static let cases = [
        Case(
            testDescription: "everything", writer: .everything(), perfetto: PerfettoAnswers.everything,
            counts: ExportCounts(
                tasks: 14,
                outcomes: ["succeeded": 9, "failed": 2, "cancelled": 1, "not_ended": 1, "not_started": 1], failures: 1,
                waits: 5, endedWaits: 4, marks: 3, values: 1, spans: 2, runTime: 57_800_000, queueWait: 40_996_889,
                mostQueued: 6),
            sentence: "14: 9 succeeded, 2 failed, 1 cancelled, 1 not ended, 1 not started"),
        Case(
            testDescription: "nested", writer: .nested(), perfetto: PerfettoAnswers.nested,
            counts: ExportCounts(
                tasks: 16, outcomes: ["succeeded": 12, "failed": 3, "not_ended": 1], failures: 0, waits: 3,
                endedWaits: 2, marks: 1, runTime: 2_255_000_000, queueWait: 30_060_000, mostQueued: 2),
            sentence: "16: 12 succeeded, 3 failed, 1 not ended"),
    ]

    @Test(arguments: cases) func `Every format of the same trace has the same counts`(item: Case) async throws {
        let counts = item.counts
        try await withTrace(item.writer) { trace, out in
            let view = try await pooltrace("view", trace.path).output
            #expect(view.contains(item.sentence), "\(view)")
            #expect(view.contains("max \(counts.mostQueued)\n"), "\(view)")

            let json = try await json(export("json", of: trace, to: out))
            #expect(try ExportCounts(json: json) == counts.withoutQueue)
            let table = try await text(export("csv", of: trace, to: out))
            #expect(try ExportCounts(csv: table) == counts.withoutQueue)
            let database = try await export("sqlite", of: trace, to: out)
            let rows = try await Oracle.ask(
                "ask_sqlite.py", ["database": database, "queries": ExportCounts.sqliteQueries])
            #expect(try ExportCounts(answers: rows) == counts)
            let spans = try await Oracle.ask("ask_otlp.py", arguments: [export("otlp", of: trace, to: out)])
            #expect(try ExportCounts(otlp: spans) == counts.withoutQueue)
            for answer in try await item.perfetto.value {
                #expect(try ExportCounts(answers: answer.rows) == counts, "\(answer.format)")
            }

            let stats = try await pooltrace("stats", trace.path).output
            #expect(stats.contains(item.sentence), "\(stats)")
            let tasks = try await pooltrace("tasks", trace.path, "--format", "csv").output
            #expect(tasks.split(separator: "\n").count == 1 + counts.tasks)
            let page = try await PageLook.take(
                item.writer,
                [
                    ["script": PageLook.texts("#summary dt, #summary dd")],
                    ["script": PageLook.texts(".report pre")],
                    ["script": "return [document.getElementById('overview').title]"],
                    ["script": PageLook.texts(".line > :nth-child(2), .line > :nth-child(6), .line > :nth-child(7)")],
                ])
            var expected = counts.withoutQueue
            (expected.endedWaits, expected.runTime, expected.queueWait) = (0, 0, 0)
            let reports = page.looks[1].result.count
            #expect(ExportCounts(page: page.looks[0].result, failures: reports) == expected)
            #expect(page.looks[2].result.first?.hasSuffix("at most \(counts.mostQueued) tasks queued") == true)
            // Each task's times are the same words in the page as in the list.
            let list = try await pooltrace("tasks", trace.path, "--columns", "path,wait,run", "--sort", "path").output
            let words = list.split(separator: "\n").dropFirst().dropLast().map { line in
                line.split(separator: #/ {2,}/#).map { $0 == "-" ? "" : String($0) }.filter { !$0.isEmpty }
            }
            let shown = page.looks[3].result
            let lines = stride(from: 0, to: shown.count - 2, by: 3).map { place in
                shown[place..<place + 3].filter { !$0.isEmpty }
            }
            #expect(Set(lines) == Set(words), "\(lines)\n\(words)")
        }
    }

    @Test func `A trace's own folder takes no export, and stays as it was`() async throws {
        try await withTrace(.everything()) { trace, _ in
            let before = try FileManager.default.contentsOfDirectory(atPath: trace.path).sorted()
            let file = trace.path("out")
            for arguments in [
                ["export", "--to", "csv", "-o", file], ["export", "--to", "sqlite", "-o", file],
                ["view", "--html", file],
            ] {
                let result = try await Child.run(BuiltProduct.path("pooltrace"), arguments + [trace.path])
                #expect(result.status == .exited(1), "\(result)")
                #expect(result.error.contains("has a trace"), "\(result)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: trace.path).sorted() == before)
        }
    }

    @Test func `A pipe is written to, a link is followed, and neither is replaced`() async throws {
        try await withTrace(.everything()) { trace, out in
            let table = try await export("csv", of: trace, to: out)
            let (pipe, link, target) = (out.path("pipe"), out.path("link"), out.path("target"))
            try #require(mkfifo(pipe, 0o600) == 0 && symlink("target", link) == 0)
            try "old".write(toFile: target, atomically: false, encoding: .utf8)
            let shell = try await Child.run(
                "/bin/sh",
                [
                    "-c", "cat \"$2\" & \"$0\" export --to csv \"$1\" -o \"$2\" && wait",
                    BuiltProduct.path("pooltrace"), trace.path, pipe,
                ])
            #expect(try shell.output == text(table), "\(shell)")
            #expect(try await pooltrace("export", "--to", "csv", trace.path, "-o", link).status == .exited(0))
            #expect(try text(target) == text(table))
            let database = try await pooltrace("export", "--to", "sqlite", trace.path, "-o", pipe)
            #expect(database.status == .exited(1) && database.error.contains("found a device or a pipe"), "\(database)")
            var status = stat()
            #expect(lstat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
            #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        }
    }

    @Test func `Perfetto imports both formats without an error, with rows, flows and counters`() async throws {
        for answer in try await PerfettoAnswers.everything.value {
            let format = answer.format
            #expect(answer.text("errors") == "[]", "\(format)")
            #expect(answer.text("flows") == "[[submit, task, 12]]", "\(format)")
            #expect(answer.text("inside") == "[[wait, 7000000, 6000000]]", "\(format)")
            #expect(
                answer.text("threads") == "[[101, files worker 1], [102, files worker 2], [4711, main]]", "\(format)")
            #expect(answer.text("counters") == "[[6], [2]]", "\(format)")
            #expect(answer.text("segments") == "[[2, 900000]]", "\(format)")
        }
    }

    @Test func `Several processes and traces are told apart in one file`() async throws {
        for answer in try await PerfettoAnswers.several.value {
            #expect(answer.text("rows") == "[[3, 7, 5]]", "\(answer.format)")
            #expect(answer.text("flows") == "[[submit, task, 7]]", "\(answer.format)")
            #expect(answer.text("errors") == "[]", "\(answer.format)")
        }
    }

    @Test func `Spans have parents, links, errors and the attributes of the semantic conventions`() async throws {
        try await withTrace(.everything()) { trace, out in
            let answer = try await Oracle.ask("ask_otlp.py", arguments: [export("otlp", of: trace, to: out)])
            let document = try #require((answer as? [[String: Any]])?.first)
            let spans = try #require(document["spans"] as? [[String: Any]])
            func span(_ path: String, kind: String = "task") throws -> [String: Any] {
                try #require(
                    spans.first {
                        let attributes = $0["attributes"] as? [String: Any]
                        return attributes?["pooltrace.path"] as? String == path
                            && attributes?["pooltrace.kind"] as? String == kind
                    }, "no span of \(path)")
            }
            let resource = try #require((document["resources"] as? [[String: Any]])?.first)
            #expect(resource["service.name"] as? String == "checker")
            #expect(resource["process.pid"] as? Int == 4711)
            #expect(try span("main.1.2")["parent"] as? String == "main.1")
            #expect(try span("main.1", kind: "wait")["links"] as? [String] == ["main.1.1"])
            let failed = try span("main.2")
            #expect(failed["failed"] as? Bool == true)
            #expect(failed["message"] as? String == "expected ','")
            let attributes = try #require(failed["attributes"] as? [String: Any])
            #expect(attributes["code.function.name"] as? String == "run(files:)")
            #expect(attributes["code.file.path"] as? String == "checker/Check.swift")
            #expect(attributes["code.line.number"] as? Int == 41)
            #expect(attributes["thread.id"] as? Int == 102)
            #expect(attributes["error.type"] as? String == "checker.Broken")
            let event = try #require((failed["events"] as? [[String: Any]])?.first)
            #expect(event["name"] as? String == "exception")
            #expect(event["exception.type"] as? String == "checker.Broken")
            #expect(event["exception.message"] as? String == "expected ','")
            #expect(event["exception.stacktrace"] as? String == "Scanner.value() at /src/Scanner.swift:88")
        }
    }

    @Test func `A file is written whole or not at all, and a database is no stream`() async throws {
        try await withTrace(.typical()) { trace, out in
            for format in ["csv", "sqlite"] {
                let result = try await pooltrace(
                    "export", "--to", format, trace.path, "-o", out.path("no/such/directory"))
                #expect(result.status == .exited(1) && result.error.contains("no/such/directory"), "\(result)")
            }
            #expect(try out.contents().isEmpty)
            try out.write("old", to: "out.sqlite")
            _ = try await export("sqlite", of: trace, to: out)
            #expect(try out.contents() == ["out.sqlite"])
            let stream = try await pooltrace("export", "--to", "sqlite", trace.path, "-o", "-")
            #expect(stream.status == .exited(64), "\(stream)")
            let csv = try await pooltrace("export", "--to", "csv", trace.path, "-o", "-")
            #expect(csv.status == .exited(0) && csv.output.hasPrefix("kind,run,"), "\(csv)")
        }
    }

    @Test func `The queries and columns that the documentation names are there`() async throws {
        let article = URL(filePath: #filePath).appending(
            path: "../../../Sources/PoolTrace/PoolTrace.docc/Exports.md"
        ).standardized
        let text = try String(contentsOf: article, encoding: .utf8)
        let tables = try #require(text.split(separator: "## Tables of the database").last)
        var queries: [String: String] = [:]
        for (place, block) in tables.split(separator: "```sql").dropFirst().enumerated() {
            queries["query \(place)"] = String(try #require(block.split(separator: "```").first))
        }
        // Rows of a table of tables: | `name` | what a row is | `column`, `column` |
        for match in tables.matches(of: #/\n\| `(\w+)` \| [^|]+ \| ([^|]+) \|/#) {
            let columns = match.2.matches(of: #/`(\w+)`/#).map { String($0.1) }.filter {
                $0 != "tasks" || match.1 != "task_list"
            }
            queries["table \(match.1)"] = "SELECT \(columns.joined(separator: ", ")) FROM \(match.1)"
        }
        #expect(queries.count == 8 + 14 + 6)
        try await withTrace(.everything()) { trace, out in
            let database = try await export("sqlite", of: trace, to: out)
            let answer = try await Oracle.ask("ask_sqlite.py", ["database": database, "queries": queries])
            let rows = try #require(answer as? [String: [[Any]]])
            #expect(rows["query 0"]?.count == 10)
            #expect(rows["query 3"]?.compactMap { $0[1] as? String } == ["main.1", "main.1.1", "main.1.2"])
            #expect(rows["query 4"]?.first?.first as? String == "main")
        }
    }
}
