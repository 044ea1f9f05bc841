internal import Foundation
internal import TestSupport
internal import Testing

/// Programs whose tasks say what they do, recorded.
@Suite("What a real program says")
struct AnnotationProgramTests {
    private struct View: Decodable {
        struct Run: Decodable {
            let tasks: [Task]
            let marks: [Mark]
            let values: [Value]
            let spans: [Span]
        }
        struct Task: Decodable {
            let path: String
            let name: String?
            let started_ns: UInt64?
            let ended_ns: UInt64?
        }
        struct Mark: Decodable {
            let path: String
            let kind: String
            let text: String
        }
        struct Value: Decodable {
            let path: String
            let name: String
            let value: Double
        }
        struct Span: Decodable {
            let path: String
            let name: String
            let started_ns: UInt64
            let ended_ns: UInt64
            let ends: String
        }
        let runs: [Run]
    }

    private static func pooltrace(_ arguments: String...) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), arguments, environment: ["POOLTRACE_LTTNG": "off", "NO_COLOR": "1"])
    }

    private static func record(
        _ program: String, _ words: [String], options: [String] = [], in folder: TemporaryDirectory,
        expecting output: String
    ) async throws -> View.Run {
        let run = try await Child.run(
            BuiltProduct.path("pooltrace"),
            ["run", "--dir", folder.path("r")] + options + ["--", try BuiltProduct.path(program)] + words,
            environment: ["POOLTRACE_LTTNG": "off", "NO_COLOR": "1"])
        try #require(run.status == .exited(0) && run.output.hasPrefix(output), "\(run)")
        let view = try await pooltrace("view", "--format", "json", folder.path("r"))
        let runs = try JSONDecoder().decode(View.self, from: Data(view.output.utf8)).runs
        return try #require(runs.first)
    }

    @Test(
        "Marks, values and spans of a task, also where it throws, and what main says outside of tasks",
        arguments: [[], ["--serial"]])
    func tasks(options: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.record(
                "annotation-cases", ["tasks"], options: options, in: folder, expecting: "parsed 7\n")
            let load = try #require(run.tasks.first { $0.name == "load" })
            let marks = run.marks.filter { $0.kind == "user" }
            #expect(marks.map(\.text) == ["of main", "cache miss", "caught Broken"])
            #expect(marks.map(\.path) == ["main", load.path, load.path])
            #expect(
                run.values.map { "\($0.path) \($0.name) \($0.value)" } == [
                    "\(load.path) rows 12.0", "\(load.path) ratio 0.5",
                ])
            #expect(run.spans.map(\.name) == ["parse", "read", "throw"])
            #expect(run.spans.allSatisfy { $0.path == load.path && $0.ends == "both" })
            let (parse, read) = (run.spans[0], run.spans[1])
            #expect(parse.started_ns <= read.started_ns && read.ended_ns <= parse.ended_ns)
            #expect(try #require(load.started_ns) <= parse.started_ns)
            #expect(try #require(load.ended_ns) >= run.spans[2].ended_ns)

            let found = try await Self.pooltrace(
                "tasks", folder.path("r"), "--search", "CACHE", "--columns", "name,said")
            #expect(found.lines.contains { $0.contains("load") && $0.contains("rows = 12, parse") }, "\(found)")
            #expect(!found.output.contains("quiet"), "\(found)")
            let text = try await Self.pooltrace("view", folder.path("r"))
            #expect(text.lines.contains { $0.hasPrefix("  said ") && $0.contains("cache miss 1 time") }, "\(text)")
        }
    }

    @Test("What an element of a map says is the element's")
    func elements() async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.record("annotation-cases", ["elements"], in: folder, expecting: "")
            #expect(Set(run.values.map { "\($0.path) \($0.value)" }) == Set((0..<4).map { "main.1[\($0)] \($0).0" }))
        }
    }

    @Test("What a task says in a worker process is the task's, by its name there")
    func processes() async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.record("annotation-cases", ["processes"], in: folder, expecting: "answer 42\n")
            let task = try #require(run.tasks.first { $0.name == "said" })
            #expect(run.values.map { "\($0.path) \($0.name) \($0.value)" } == ["\(task.path) input 41.0"])
            #expect(run.spans.map { "\($0.path) \($0.name) \($0.ends)" } == ["\(task.path) in the worker both"])
        }
    }

    @Test(
        "Async tasks of a program that knows nothing of PoolTrace say what they do across suspensions",
        arguments: [[], ["--serial"]])
    func unmodified(options: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.record(
                "annotated-program", [], options: options, in: folder, expecting: "sum 12\n")
            #expect(run.values.map(\.value).sorted() == [1, 2, 3])
            for value in run.values {
                #expect(run.tasks.contains { $0.path == value.path }, "\(value)")
                let spans = run.spans.filter { $0.path == value.path }
                #expect(spans.map(\.name) == ["work", "double"] && spans.allSatisfy { $0.ends == "both" }, "\(spans)")
                #expect(run.marks.filter { $0.path == value.path }.map(\.text) == ["begun", "goes on"])
            }
        }
    }

    @Test("The report of a failure has what its task said last, in the process and from the trace alike")
    func failure() async throws {
        try await withTemporaryDirectory { folder in
            let ring = folder.path("ring")
            let run = try await Child.run(
                BuiltProduct.path("annotation-cases"), ["failure"],
                environment: ["POOLTRACE_TRACE": ring, "POOLTRACE_LTTNG": "off", "NO_COLOR": "1"])
            let said = run.error.split(separator: "\n").drop { !$0.hasPrefix("  said") }
                .prefix { !$0.hasPrefix("  thrown") }
            let texts = said.compactMap { $0.dropFirst(13).split(separator: ",").first }
            #expect(texts == ["rows = 12", "parse begins", "ratio = 0.5", "parse ends"], "\(run)")
            #expect(run.error.matches(of: #/\n  said /#).count == 1, "the other failed task said nothing\n\(run)")
            #expect(!run.error.contains("CurrentTask.span"), "\(run)")
            let failures = try await Self.pooltrace("failures", ring)
            #expect(failures.output == run.error)
        }
    }

    @Test("A serial run that says things is the same run again")
    func verified() async throws {
        let run = try await Self.pooltrace("verify", "--", try BuiltProduct.path("annotation-cases"), "tasks")
        #expect(run.status == .exited(0), "\(run)")
    }

    @Test("Without a recorder a program that says things runs as if it did not")
    func alone() async throws {
        let run = try await Child.run(BuiltProduct.path("annotated-program"), [])
        #expect(run.status == .exited(0) && run.output == "sum 12\n" && run.error.isEmpty, "\(run)")
    }
}
