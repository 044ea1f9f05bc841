internal import CEventTable
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
        let marks: [Mark]
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

    private struct Mark: Decodable {
        let path: String
        let kind: String
        let text: String
    }

    /// The version of the format that each is of.
    private static let versions = [
        "version-1-ring": 1,
        "clean-ring": 2, "failures-ring": 2, "failures-lttng": 2, "killed-ring": 2, "wrapped-ring": 2,
        "beside-ring": 3, "marks-ring": 3, "lost-ring": 3,
    ]
    private static let names = versions.keys.sorted()

    private static let folder: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        return url.appending(path: "traces").path
    }()

    private func path(_ name: String) -> String { "\(Self.folder)/\(name)" }

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
        #expect(run.mode == (["marks-ring", "lost-ring"].contains(name) ? "serial" : "parallel"), "\(name)")
    }

    @Test(arguments: names)
    func everyTraceIsOfTheVersionThatItIsASampleOf(name: String) async throws {
        let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", path(name)])
        let start = try #require(events.lines.first { $0.contains("pooltrace:process_start: ") }, "\(name)")
        let version = try #require(start.firstMatch(of: /format_version = (\d+)/)?.1, "\(start)")
        #expect(Int(version) == Self.versions[name], "\(name)")
    }

    @Test func everyVersionHasASampleAndEveryTraceIsTested() throws {
        #expect(Set(Self.versions.values) == Set(1...Int(POOLTRACE_FORMAT_VERSION)))
        let stored = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0 != "README.md" }
        #expect(stored.sorted() == Self.names)
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

    @Test(arguments: ["failures-ring", "failures-lttng", "version-1-ring"])
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
        let first = try #require(try RunReader.read(path("version-1-ring")).runs.first)
        #expect(
            first.failures.flatMap(\.beside) == [
                .init(worker: 1, path: "main.2", name: "check", running: 22_789_576),
                .init(worker: 2, path: "main.10", name: "check", running: 18_450_950),
                .init(worker: 1, path: "main.2", name: "check", running: 288_534_561),
            ])
    }

    @Test func theFailuresWithNeighboursHaveTheirReports() async throws {
        let failures = try await Child.run(
            BuiltProduct.path("pooltrace"), ["failures", "beside-ring"], in: Self.folder)
        #expect(failures.status == .exited(2) && failures.error.isEmpty, "\(failures)")
        // The paths are absolute, however the trace is reached.
        #expect(failures.output.replacing(path("beside-ring"), with: "/traces/beside-ring") == Self.reports)
        let run = try #require(try RunReader.read(path("beside-ring")).runs.first)
        #expect(run.failures.map(\.path) == ["main.1", "main.2", "main.3"])
        #expect(run.failures.map(\.besideOmitted) == [0, 0, 0])
        // The third shares a report with the first, which shows the first's neighbours.
        #expect(
            run.failures.last?.beside == [.init(worker: 1, path: "main.4.1", name: "watching", running: 67_346_571)])
    }

    private static let reports = """
        task main.1 "failing" failed: pool_cases.Broken: Broken(part: 1)
          input      0
          thrown     describe(_:) at /tmp/pooltrace/Tests/Programs/pool-cases/Endings.swift:82
                     closure #1 in beside() at /tmp/pooltrace/Tests/Programs/pool-cases/Endings.swift:268
          submitted  by main at pool_cases/Endings.swift:264 in beside()
          ran        on worker 4 of pool "beside": 494 us in the queue, started 1.82 ms into the run, ran for 169 us
          beside     worker 1: main.4.1 "watching", for 24.0 us
                     worker 2: main.3 "failing", for 138 us
                     worker 3: main.2 "failing", for 190 us
          others     1 failed the same way: main.3
          view       pooltrace view /traces/beside-ring
          rerun      pooltrace run --only main.1 -- pool-cases beside
          replay     pooltrace replay /traces/beside-ring -- pool-cases beside

        task main.2 "failing" failed: pool_cases.Broken: Broken(part: 1)
          input      1
          thrown     closure #1 in beside() at /tmp/pooltrace/Tests/Programs/pool-cases/Endings.swift:267
          submitted  by main at pool_cases/Endings.swift:264 in beside()
          ran        on worker 3 of pool "beside": 270 us in the queue, started 1.80 ms into the run, ran for 65.8 ms
          beside     worker 1: main.4.1 "watching", for 65.7 ms
                     worker 2: main.3 "failing", for 65.8 ms
          view       pooltrace view /traces/beside-ring
          rerun      pooltrace run --only main.2 -- pool-cases beside
          replay     pooltrace replay /traces/beside-ring -- pool-cases beside

        """

    @Test func theMarksHaveTheirKinds() async throws {
        let marks = try await run("marks-ring").marks
        #expect(marks.map(\.kind) == ["takeover", "uncontrolled", "stalled", "spilled"])
        #expect(marks.suffix(2).map(\.path) == ["main.3", "main.3"])
        #expect(
            marks.map(\.text) == [
                "nobody waited for the ready tasks for 0.2 seconds: a worker of its own runs them",
                "threads run beside the tasks, not controlled", "runs for longer than 0.05 seconds",
                "spilled: blocks, and another thread goes on",
            ])
    }

    @Test func theLostContinuationsAreMarked() async throws {
        let run = try await run("lost-ring")
        #expect(run.status == 70)
        #expect(run.marks.map(\.kind) == ["lost", "lost"])
        #expect(run.marks.map(\.path) == ["main", "main.1"])
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
