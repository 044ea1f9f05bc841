internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

@Suite("pooltrace stats and tasks")
struct StatsAndTasksTests {
    private func pooltrace(_ arguments: [String]) async throws -> ChildResult {
        try await Child.run(BuiltProduct.path("pooltrace"), arguments)
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

    @Test func `Text, values and JSON say the same of a run`() async throws {
        try await withTrace(.typical()) { trace in
            let text = try await pooltrace(["stats", trace])
            #expect(text.status == .exited(0), "\(text)")
            #expect(text.output.contains("makespan   50.0 ms from the first submission to the last end"), "\(text)")
            let csv = try await pooltrace(["stats", trace, "--format", "csv"]).output.split(separator: "\n")
            let rows = csv.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            #expect(Set(rows.map(\.count)).count == 1, "\(csv)")
            #expect(rows.map { $0[2] } == ["by", "run", "name", "pool", "worker", "worker"])
            let json = try object(await pooltrace(["stats", trace, "--format", "json"]))
            #expect(json["schema"] as? String == "pooltrace.stats")
            let run = try #require((json["runs"] as? [[String: Any]])?.first)
            #expect(
                run["outcomes"] as? [String: Int] == [
                    "succeeded": 1, "failed": 1, "cancelled": 0, "not_ended": 1, "not_started": 0, "overwritten": 0,
                ])
            let names = try #require(run["by_name"] as? [[String: Any]])
            #expect(names.map { $0["count"] as? Int } == [3])
            #expect(names.map { $0["failed"] as? Int } == [1])
            let lints = try #require(run["lints"] as? [[String: Any]])
            #expect(lints.map { $0["lint"] as? String } == ["unretrieved-failures", "never-ended"])
        }
    }

    @Test(arguments: [
        (["--state", "failed"], ["main.2"]), (["--state", "failed", "--state", "not-ended"], ["main.2", "main.3"]),
        (["--sort", "run"], ["main.1", "main.2", "main.3"]), (["--sort", "run", "--top", "1"], ["main.1"]),
        (["--sort", "run", "--reverse"], ["main.2", "main.1", "main.3"]), (["--search", "B.JSON"], ["main.2"]),
        (["--worker", "1"], ["main.1"]), (["--search", "none"], []),
    ])
    func `A list holds what was asked for, in that order`(options: [String], paths: [String]) async throws {
        try await withTrace(.typical()) { trace in
            let json = try object(await pooltrace(["tasks", trace, "--format", "json"] + options))
            let run = try #require((json["runs"] as? [[String: Any]])?.first)
            let tasks = try #require(run["tasks"] as? [[String: Any]])
            #expect(tasks.map { $0["path"] as? String } == paths, "\(options)")
            let csv = try await pooltrace(["tasks", trace, "--format", "csv", "--columns", "path"] + options)
            #expect(
                csv.output.split(separator: "\n").dropFirst().compactMap {
                    $0.split(separator: ",").last.map(String.init)
                } == paths)
            let text = try await pooltrace(["tasks", trace, "--columns", "path"] + options)
            #expect(
                text.output.split(separator: "\n").filter { $0.hasPrefix("  main") }.map { String($0.dropFirst(2)) }
                    == paths)
        }
    }

    @Test func `A lint that is denied is said, with what to do, and is the status`() async throws {
        try await withTrace(.typical()) { trace in
            for command in ["stats", "view"] {
                let denied = try await pooltrace([command, trace, "--deny", "never-ended"])
                #expect(denied.status == .exited(4), "\(denied)")
                #expect(
                    denied.error.hasPrefix("pooltrace: \(trace): --deny never-ended: 1 task started and did not end"))
                let other = try await pooltrace([command, trace, "--deny", "discarded-events"])
                #expect(other.status == .exited(0) && other.error.isEmpty, "\(other)")
                let all = try await pooltrace([command, trace, "--deny", "all"])
                #expect(all.status == .exited(4) && all.error.split(separator: "\n").count == 2, "\(all)")
            }
        }
    }

    @Test(arguments: [
        ["stats"], ["stats", "x", "--deny", "nothing"], ["tasks", "x", "--sort", "size"], ["tasks", "x", "--top", "0"],
        ["tasks", "x", "--columns", "path,,run"], ["tasks", "x", "--format", "json", "--columns", "path"],
        ["tasks", "x", "--state", "lost"],
    ])
    func `Wrong usage exits with 64`(arguments: [String]) async throws {
        let result = try await pooltrace(arguments)
        #expect(result.status == .exited(64), "\(result)")
    }

    @Test func `States are shown as they are typed`() async throws {
        let help = try await pooltrace(["tasks", "--help"])
        let error = try await pooltrace(["tasks", "x", "--state", "lost"])
        let text = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("(values: succeeded, failed, cancelled, not-ended, not-started, overwritten)"), "\(help)")
        for text in [help.output, error.error] {
            #expect(text.contains("not-ended") && text.contains("not-started"), "\(text)")
            #expect(!text.contains("not ended") && !text.contains("not started"), "\(text)")
        }
    }
}
