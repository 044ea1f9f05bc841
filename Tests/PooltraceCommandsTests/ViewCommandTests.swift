internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

@Suite("pooltrace view and failures")
struct ViewCommandTests {
    private func pooltrace(_ arguments: String..., environment: [String: String?] = [:]) async throws -> ChildResult {
        try await Child.run(BuiltProduct.path("pooltrace"), arguments, environment: environment)
    }

    private func withTrace(_ writer: TraceWriter, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try writer.write(to: directory)
            try await body(directory.path)
        }
    }

    private func object(_ result: ChildResult) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [String: Any], "not an object: \(result)")
    }

    @Test func `A view has tasks, failure marks, what has not ended and the report, without colours in a pipe`()
        async throws
    {
        try await withTrace(.typical()) { trace in
            let result = try await pooltrace("view", trace, environment: ["LC_ALL": "C.UTF-8", "COLUMNS": nil])
            #expect(result.status == .exited(0), "\(result)")
            #expect(result.error.isEmpty)
            #expect(!result.outputBytes.contains(0x1B))
            #expect(result.output.contains("tasks      3: 1 succeeded, 1 failed, 1 not ended"))
            #expect(result.output.contains("unknown: killed or still running"))
            #expect(result.output.contains("task main.2 \"check\" failed: checker.Broken: expected ','\n"))
            #expect(result.output.contains("x failed   > not ended"))
        }
    }

    @Test func `Failures are the reports, and exit with 2; without failures nothing is printed, with 0`() async throws {
        try await withTrace(.typical()) { trace in
            let result = try await pooltrace("failures", trace)
            #expect(result.status == .exited(2))
            #expect(
                result.output == """
                    task main.2 "check" failed: checker.Broken: expected ','
                      input      data/b.json
                      thrown     Scanner.value() at /src/Scanner.swift:88
                      submitted  by main at checker/Check.swift:41 in run(files:)
                      ran        on worker 2 of pool "files": 1.00 ms in the queue, started 2.00 ms into the run, ran for 3.00 ms
                      beside     worker 1: main.1 "check", for 500 us
                      view       pooltrace view \(trace)
                      rerun      pooltrace run --only main.2 -- checker data
                      replay     pooltrace replay \(trace) -- checker data

                    """)
        }
        var clean = TraceWriter()
        clean.begin()
        clean.run(1, worker: 1, from: 2, milliseconds: 40)
        try await withTrace(clean) { trace in
            let result = try await pooltrace("failures", trace)
            #expect(result.status == .exited(0), "\(result)")
            #expect(result.output.isEmpty)
        }
    }

    @Test func `A session and a ring of the same run say the same`() async throws {
        var texts: [String] = []
        for tracer in [TraceWriter.Tracer.ring, .lttng] {
            try await withTrace(.typical(tracer)) { trace in
                let view = try await pooltrace("view", trace)
                texts.append(view.output.replacing(trace, with: "TRACE"))
            }
        }
        #expect(texts[0] == texts[1])
        #expect(!texts[0].isEmpty)
    }

    @Test func `Processes of one session are told apart`() async throws {
        var trace = TraceWriter.typical(.lttng)
        trace.become(4712)
        trace.begin(program: "other")
        trace.run(1, worker: 1, from: 60, milliseconds: 10)
        try await withTrace(trace) { trace in
            let runs = try #require(
                object(await pooltrace("view", trace, "--format", "json"))["runs"] as? [[String: Any]])
            #expect(runs.map { $0["command"] as? String } == ["checker data", "other"])
            #expect(runs.map { ($0["tasks"] as? [Any])?.count } == [3, 1])
        }
    }

    @Test func `JSON has its schema, its version and every task`() async throws {
        try await withTrace(.typical()) { trace in
            let view = try object(await pooltrace("view", trace, "--format", "json"))
            #expect(view["schema"] as? String == "pooltrace.view")
            #expect(view["version"] as? Int == 1)
            let run = try #require((view["runs"] as? [[String: Any]])?.first)
            let tasks = try #require(run["tasks"] as? [[String: Any]])
            #expect(tasks.map { $0["path"] as? String } == ["main.1", "main.2", "main.3"])
            #expect(tasks.map { $0["state"] as? String } == ["succeeded", "failed", "not_ended"])
            #expect(tasks[0]["run_time_ns"] as? Int == 40_000_000)
            let failures = try await pooltrace("failures", trace, "--format", "json")
            #expect(failures.status == .exited(2))
            let reports = try #require(
                (object(failures)["runs"] as? [[String: Any]])?.first?["reports"] as? [[String: Any]])
            #expect(reports.map { $0["input"] as? String } == ["data/b.json"])
        }
    }

    @Test func `Every failed task has its report with --all, and reports are the same by whichever path`() async throws
    {
        var trace = TraceWriter.typical()
        trace.fail(3, number: 2, at: 15, input: .text("data/c.json"), message: .text("expected ']'"))
        try await withTrace(trace) { trace in
            let one = try await pooltrace("failures", trace)
            // As it was printed, before the other failed.
            #expect(one.output.contains("data/b.json") && !one.output.contains("data/c.json"), "\(one)")
            let all = try await pooltrace("failures", "--all", trace)
            let headlines = all.lines.filter { $0.hasPrefix("task ") || $0.contains("  others ") }
            #expect(
                headlines == [
                    "task main.2 \"check\" failed: checker.Broken: expected ','",
                    "  others     1 failed the same way: main.3",
                    "task main.3 \"check\" failed: checker.Broken: expected ']'",
                    "  others     1 failed the same way: main.2",
                ], "\(all)")
            let json = try await pooltrace("failures", "--all", "--format", "json", trace)
            #expect(try ((object(json)["runs"] as? [[String: Any]])?.first?["reports"] as? [Any])?.count == 2)
            let name = URL(fileURLWithPath: trace).lastPathComponent
            let relative = try await Child.run(
                BuiltProduct.path("pooltrace"), ["failures", "../\(name)/."], in: trace)
            #expect(relative.output == one.output && one.output.contains("pooltrace view \(trace)\n"), "\(relative)")
        }
    }

    @Test(arguments: ["view", "stats", "tasks"])
    func `A pool that there is not is wrong usage, and the pools are named`(command: String) async throws {
        try await withTrace(.typical()) { trace in
            let arguments = [command, trace, "--pool", "files", "--pool", "x"]
            let result = try await Child.run(BuiltProduct.path("pooltrace"), arguments)
            #expect(result.status == .exited(64) && result.output == "", "\(result)")
            let error = "pooltrace: '--pool x': there is no such pool; the trace has the pool 'files'\n"
            #expect(result.error == error, "\(result)")
        }
    }

    @Test(arguments: [
        (["--failed"], [2]), (["--worker", "1"], [1]), (["--min-duration", "20ms"], [1, 3]),
        (["--from", "8ms", "--to", "9ms"], [1, 3]), (["--to", "300ns"], []), (["--name", "ch*k"], [1, 2, 3]),
        (["--name", "other"], []), (["--pool", "files", "--pool", "1"], [1, 2, 3]), (["--pool", "1"], [1, 2, 3]),
    ])
    func `Filters let pass what they say`(options: [String], ordinals: [Int]) async throws {
        try await withTrace(.typical()) { trace in
            let arguments = ["view", trace, "--format", "json"] + options
            let result = try await Child.run(BuiltProduct.path("pooltrace"), arguments)
            let run = try #require((object(result)["runs"] as? [[String: Any]])?.first, "\(result)")
            let tasks = try #require(run["tasks"] as? [[String: Any]])
            #expect(tasks.map { $0["path"] as? String } == ordinals.map { "main.\($0)" }, "\(options)")
        }
    }

    @Test func `Loss is told in two words, and warned of where it is of the second`() async throws {
        var trace = TraceWriter.typical()
        trace.lose(stream: 2, overwritten: 70)
        trace.lose(stream: 3, overwritten: 5, discarded: 9)
        try await withTrace(trace) { trace in
            let result = try await pooltrace("view", trace)
            #expect(result.output.contains("75 overwritten, 9 discarded"))
            #expect(result.output.contains("warning    9 events discarded; the numbers below are incomplete"))
            let events = try object(await pooltrace("view", trace, "--format", "json"))["runs"] as? [[String: Any]]
            let loss = try #require(events?.first?["events"] as? [String: Int])
            #expect(loss["emitted"] == (loss["shown"] ?? 0) + 84)
        }
    }

    @Test(arguments: [
        ["view"], ["view", "x", "--format", "xml"], ["view", "x", "--from", "soon"], ["failures"],
        ["view", "x", "--from", "2s", "--to", "1s"], ["nothing"],
    ])
    func `Wrong usage exits with 64`(arguments: [String]) async throws {
        let result = try await Child.run(BuiltProduct.path("pooltrace"), arguments)
        #expect(result.status == .exited(64), "\(result)")
    }

    @Test func `A folder without a trace is named, with 1`() async throws {
        try await withTemporaryDirectory { directory in
            let result = try await pooltrace("view", directory.path)
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.error.contains(directory.path))
            #expect(result.output.isEmpty)
        }
    }

    @Test func `Of a damaged trace what is whole is shown, the damage is a line each, with 3`() async throws {
        try await withTemporaryDirectory { directory in
            try TraceWriter.typical().write(to: directory)
            let packet = directory.path("packet-3")
            let bytes = try Data(contentsOf: URL(filePath: packet))
            try bytes.prefix(bytes.count - 5).write(to: URL(filePath: packet))
            for command in ["view", "failures"] {
                let result = try await pooltrace(command, directory.path)
                #expect(result.status == .exited(3), "\(result)")
                #expect(result.output.contains("task main.2 \"check\" failed"))
                #expect(result.error.contains("packet-3"))
                let strict = try await pooltrace(command, directory.path, "--strict")
                #expect(strict.status == .exited(3) && strict.output.isEmpty, "\(strict)")
                #expect(strict.error.split(separator: "\n").count == 1 && strict.error.contains("packet-3"))
            }
        }
    }

    @Test func `A reader that goes away is no error`() async throws {
        try await withTrace(.typical()) { trace in
            let program = try BuiltProduct.path("pooltrace")
            let script = "'\(program)' view '\(trace)' --format json | head -c 10"
            let result = try await Child.run("sh", ["-c", script])
            #expect(result.output == "{\"schema\":")
            #expect(result.error.isEmpty, "\(result)")
        }
    }
}
