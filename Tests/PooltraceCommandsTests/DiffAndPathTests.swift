internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

@Suite("pooltrace diff and critical-path")
struct DiffAndPathTests {
    private func pooltrace(_ arguments: String..., columns: Int = 80) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), arguments, environment: ["COLUMNS": "\(columns)", "LC_ALL": "C.UTF-8"])
    }

    private func object(_ result: ChildResult) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [String: Any], "not an object: \(result)")
    }

    /// Two runs: in the second the third task is there no longer, the second has succeeded, and a fourth is new.
    private func withTraces(_ body: (String, String) async throws -> Void) async throws {
        var other = TraceWriter()
        other.begin()
        other.run(2, worker: 2, from: 2, milliseconds: 3)
        other.run(1, worker: 1, from: 4, milliseconds: 40)
        other.run(4, worker: 2, from: 10, milliseconds: 5)
        other.add("process_end", at: 60_000_000, .number(0))
        try await withTemporaryDirectory { first in
            try TraceWriter.typical().write(to: first)
            try await withTemporaryDirectory { second in
                try other.write(to: second)
                try await body(first.path, second.path)
            }
        }
    }

    @Test func `Two runs that differ are shown beside each other, with 1`() async throws {
        try await withTraces { first, second in
            let result = try await pooltrace("diff", first, second)
            #expect(result.status == .exited(1), "\(result)")
            let text = result.output.replacing(first, with: "FIRST").replacing(second, with: "SECOND")
            #expect(
                text == """
                    A  checker data
                      trace      FIRST
                      process    4711, parallel
                      ended      unknown: killed or still running; the last event is 50.0 ms after
                                 the first
                      pools      "files" with 2 workers
                      tasks      3: 1 succeeded, 1 failed, 1 not ended
                    B  checker data
                      trace      SECOND
                      process    4711, parallel
                      ended      with status 0 after 60.0 ms
                      pools      "files" with 2 workers
                      tasks      3: 3 succeeded

                      tasks      2 in both, 1 only in A, 1 only in B
                      the runs   differ in tasks, order, outcomes

                    order of starts: differs from the first start on
                      start  A               B
                        > 1  main.1 "check"  main.2 "check"
                          2  main.2 "check"  main.1 "check"
                          3  main.3 "check"  main.4 "check"

                    only in A
                      state      task            site
                      not ended  main.3 "check"  checker/Check.swift:41

                    only in B
                      state      task            site
                      succeeded  main.4 "check"  checker/Check.swift:41

                    outcomes that changed
                      task            A       B          error
                      main.2 "check"  failed  succeeded  checker.Broken: expected ','

                    run times by name
                      name   A  B  median A  median B  p  B > A  B is
                      check  2  3   3.00 ms   5.00 ms  -      -  too few
                                 Mann-Whitney U, two-sided, Holm's correction; slower or faster: p <
                                 0.01, medians 10 % apart, 57 % of pairs. This compares two runs,
                                 not two programs; record more runs before you draw a conclusion.

                    """, "\(text)")
        }
    }

    @Test func `What is ignored does not count, and a run is the same as itself`() async throws {
        try await withTraces { first, second in
            #expect(try await pooltrace("diff", first, first).status == .exited(0))
            let ignored = try await pooltrace(
                "diff", first, second, "--ignore", "tasks", "--ignore", "order", "--ignore", "outcomes")
            #expect(ignored.status == .exited(0), "\(ignored)")
            #expect(ignored.output.contains("the runs   are the same") && !ignored.output.contains("only in A\n"))
            let json = try object(await pooltrace("diff", first, second, "--format", "json"))
            #expect(json["same"] as? Bool == false)
            #expect(json["differs_in"] as? [String] == ["tasks", "order", "outcomes"])
            #expect((json["only_in_a"] as? [[String: Any]])?.map { $0["path"] as? String } == ["main.3"])
            #expect((json["order"] as? [String: Any])?["b"] as? String == "main.2")
        }
    }

    @Test func `What cannot be read is 2, wrong usage 64, and a schedule is told how to run`() async throws {
        try await withTraces { first, _ in
            let missing = try await pooltrace("diff", first, first + "/least.schedule")
            #expect(missing.status == .exited(2), "\(missing)")
            #expect(missing.error.contains("pooltrace replay"), "\(missing)")
            #expect(try await pooltrace("diff", first).status == .exited(64))
            #expect(try await pooltrace("diff", first, first, "--ignore", "all").status == .exited(64))
        }
    }

    @Test func `A critical path says what bounds the run's time`() async throws {
        try await withTraces { _, second in
            let result = try await pooltrace("critical-path", second)
            #expect(result.status == .exited(0), "\(result)")
            #expect(
                result.output.replacing(second, with: "TRACE") == """
                    critical path of checker data
                      trace      TRACE
                      makespan   44.0 ms from the first submission to the last end
                      parts      40.0 ms in tasks, 4.00 ms hand-over
                      gain       at most 0 ns with more workers, at most 4.00 ms with immediate
                                 hand-over and wake-up

                      by name  tasks  on the path  share  max gain
                      check        1      40.0 ms    91%   37.0 ms

                      by task         tasks  on the path  share  max gain
                      main.1 "check"      1      40.0 ms    91%   29.0 ms

                           at      for  chain
                         0 ns  4.00 ms  main.1 "check" is handed over to worker 1
                      4.00 ms  40.0 ms  main.1 "check" runs on worker 1

                    """, "\(result.output)")
            let json = try object(await pooltrace("critical-path", second, "--format", "json"))
            let run = try #require((json["runs"] as? [[String: Any]])?.first)
            #expect((run["chain"] as? [[String: Any]])?.map { $0["kind"] as? String } == ["handover", "run"])
            #expect(run["makespan_ns"] as? Int == 43_998_999)
        }
    }
}
