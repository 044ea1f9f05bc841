internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing
internal import TraceAnalysis

/// The traces that the repository keeps must open for ever, and show what `traces/README.md` says of them.
@Suite struct StoredTracesTests {
    private struct Document: Decodable {
        let runs: [RunJSON]
    }

    private struct RunJSON: Decodable {
        let executable: String?
        let command: String?
        let mode: String?
        let ended: Bool
        let status: Int32?
        let events: [String: UInt64]
        let pools: [Pool]
        let workers: [Worker]
        let outcomes: [String: Int]
        let tasks: [Task]
        let reports: [Report]
    }

    private struct Pool: Decodable {
        let name: String
        let workers: Int
    }

    private struct Worker: Decodable {
        let number: Int
        let tasks: Int
    }

    private struct Task: Decodable {
        let path: String?
        let name: String?
        let state: String
    }

    private struct Report: Decodable {
        let name: String?
        let input: String?
        let type: String
        let message: String
        let thrown: [Frame]
        let others: Int
        let text: String
    }

    private struct Frame: Decodable {
        let function: String
        let file: String
    }

    private static let names = ["clean-ring", "failures-ring", "failures-lttng", "killed-ring", "wrapped-ring"]

    private func path(_ name: String) -> String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        return url.appending(path: "traces/\(name)").path
    }

    private func run(_ name: String) async throws -> RunJSON {
        let result = try await Child.run(BuiltProduct.path("pooltrace"), ["view", path(name), "--format", "json"])
        #expect(result.status == .exited(0) && result.error.isEmpty, "\(result)")
        let document = try JSONDecoder().decode(Document.self, from: Data(result.outputBytes))
        try #require(document.runs.count == 1, "\(result)")
        return document.runs[0]
    }

    @Test(arguments: names)
    func everyTraceHoldsOneRunAndAccountsForEveryEvent(name: String) async throws {
        let run = try await run(name)
        let shown = try #require(run.events["shown"])
        let overwritten = try #require(run.events["overwritten"])
        #expect(run.events["emitted"] == shown + overwritten, "\(name): \(run.events)")
        #expect(run.events["discarded"] == 0, "\(name): \(run.events)")
        #expect((overwritten > 0) == (name == "wrapped-ring"), "\(name): \(run.events)")
        #expect(run.ended == (name != "killed-ring"), "\(name)")
        #expect(run.executable?.hasPrefix("/tmp/pooltrace/.build/") == true, "\(name): \(run.executable ?? "-")")
        #expect(run.mode == "parallel", "\(name)")
    }

    @Test(arguments: names)
    func everyEventIsPrintedAndTheReferenceReaderSeesAsMany(name: String) async throws {
        let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", path(name)])
        #expect(events.status == .exited(0) && events.error.isEmpty, "\(name): \(events.status) \(events.error)")
        let reference = try await Babeltrace.events(of: path(name))
        #expect(events.lines.count == reference.count, "\(name)")
        #expect(UInt64(events.lines.count) == (try await run(name)).events["shown"], "\(name)")
    }

    @Test func theCleanRunHasOnlyTasksThatSucceeded() async throws {
        let run = try await run("clean-ring")
        #expect(run.status == 0)
        #expect(run.outcomes.filter { $0.value > 0 } == ["succeeded": 12])
        #expect(run.tasks.map(\.name).allSatisfy { $0 == "check" })
        #expect(run.pools.map(\.name) == ["files"] && run.pools.map(\.workers) == [2])
        #expect(run.workers.map(\.tasks).reduce(0, +) == 12)
        #expect(run.reports.isEmpty)
        let failures = try await Child.run(BuiltProduct.path("pooltrace"), ["failures", path("clean-ring")])
        #expect(failures.status == .exited(0) && failures.outputBytes.isEmpty, "\(failures)")
    }

    @Test(arguments: ["failures-ring", "failures-lttng"])
    func theRunWithFailuresExplainsEachKindOnce(name: String) async throws {
        let run = try await run(name)
        #expect(run.status == 1)
        #expect(run.outcomes.filter { $0.value > 0 } == ["succeeded": 8, "failed": 4])
        let failed = run.tasks.filter { $0.state == "failed" }.compactMap(\.path).sorted()
        #expect(failed == ["main.10", "main.2", "main.5", "main.9"])
        // The order of the reports is that of the failures, which two workers race for.
        let reports = run.reports.sorted { ($0.input ?? "") < ($1.input ?? "") }
        #expect(reports.map(\.others) == [1, 0, 0], "\(reports.map(\.text))")
        #expect(reports.allSatisfy { $0.type == "jsoncheck.JSONError" && $0.name == "check" })
        let problems = [
            ":1:38: expected ',' or '}', found '\"' (byte 37)",
            ":4:20: expected ',' or ']', found the end of the file (byte 52)",
            ":3:14: expected UTF-8, found byte 0xEB (byte 28)",
        ]
        for (report, problem) in zip(reports, problems) {
            #expect(report.message == (report.input ?? "") + problem)
        }
        #expect(
            reports.map { $0.thrown.first?.function } == [
                "JSONValidator.object()", "JSONValidator.array()", "JSONValidator.character(_:)",
            ])
        #expect(
            reports.allSatisfy {
                $0.thrown.allSatisfy { $0.file.hasPrefix("/tmp/pooltrace/Sources/Examples/jsoncheck/") }
            })

        let failures = try await Child.run(BuiltProduct.path("pooltrace"), ["failures", path(name)])
        #expect(failures.status == .exited(2), "\(failures)")
        #expect(failures.output == run.reports.map(\.text).joined(separator: "\n"))
    }

    /// Versions 1 and 2 have that as a text.
    @Test func whatRanBesideAFailureIsReadFromAnOlderVersion() throws {
        let run = try #require(try RunReader.read(path("failures-ring")).runs.first)
        #expect(
            run.failures.flatMap(\.beside) == [.init(worker: 2, path: "main.10", name: "check", running: 274_604)])
    }

    @Test func theKilledRunShowsTheTaskThatRan() async throws {
        let run = try await run("killed-ring")
        #expect(run.status == nil)
        #expect(run.tasks.map(\.path) == ["main.1"] && run.tasks.map(\.name) == ["wait"])
        #expect(
            run.outcomes.filter { $0.value > 0 }.values.sorted() == [1] && run.outcomes["succeeded"] == 0,
            "\(run.outcomes)")
        let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", path("killed-ring")])
        #expect(view.output.contains("1 not ended"), "\(view)")
    }

    @Test func theWrappedRunShowsItsLastTasksAndSaysWhatWasOverwritten() async throws {
        let run = try await run("wrapped-ring")
        #expect(run.status == 0)
        let succeeded = try #require(run.outcomes["succeeded"])
        #expect(succeeded > 1000 && succeeded < 40_000)
        // The last of all tasks is there, and definitions outlive the events.
        #expect(run.tasks.contains { $0.path == "main.40000" })
        #expect(run.pools.map(\.name) == ["checks"])
        let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", path("wrapped-ring")])
        #expect(view.output.contains("overwritten"), "\(view)")
    }
}
