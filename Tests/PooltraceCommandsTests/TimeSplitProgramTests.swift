import Foundation
import TestSupport
import Testing

/// Programs whose tasks' time goes to one known thing, recorded without any privilege.
@Suite("Where the time of real tasks goes")
struct TimeSplitProgramTests {
    private struct Tasks: Decodable {
        struct Run: Decodable { let tasks: [Task] }
        struct Task: Decodable {
            let name: String
            let run_time_ns: Double
            let cpu_ns: Double?
            let ready_ns: Double?
            let blocked_ns: Double?
            let self_ns: Double?
            let input: String?
        }
        let runs: [Run]
    }

    /// The tasks of a program, by their names.
    private static func tasks(
        _ kind: String, environment: [String: String] = [:]
    ) async throws -> [String: [Tasks.Task]] {
        try await withTemporaryDirectory { folder in
            let environment = ["POOLTRACE_LTTNG": "off", "NO_COLOR": "1"].merging(environment) { $1 }
            let run = try await Child.run(
                BuiltProduct.path("pooltrace"),
                ["run", "--dir", folder.path("r"), "--", BuiltProduct.path("time-cases"), kind],
                environment: environment)
            try #require(run.status == .exited(0), "\(run)")
            let list = try await Child.run(
                BuiltProduct.path("pooltrace"), ["tasks", "--format", "json", folder.path("r")],
                environment: environment)
            let tasks = try JSONDecoder().decode(Tasks.self, from: Data(list.output.utf8))
            return Dictionary(grouping: tasks.runs.flatMap(\.tasks), by: \.name)
        }
    }

    /// Which part of the run time went where: on a processor, ready, blocked.
    private static func parts(_ tasks: [Tasks.Task]?) throws -> (cpu: Double, ready: Double, blocked: Double) {
        let tasks = try #require(tasks)
        let all = tasks.reduce(0) { $0 + $1.run_time_ns }
        func part(_ time: (Tasks.Task) -> Double?) throws -> Double {
            try tasks.reduce(0) { $0 + (try #require(time($1))) } / all
        }
        let parts = (try part(\.cpu_ns), try part(\.ready_ns), try part(\.blocked_ns))
        #expect(abs(parts.0 + parts.1 + parts.2 - 1) < 0.01)
        return parts
    }

    // Others may take the processors at any time: what computes is then ready, and never blocked.

    @Test(
        "what computes, or has the kernel compute for it, is on a processor or ready for one",
        arguments: ["busy", "faults"])
    func computing(kind: String) async throws {
        let parts = try Self.parts(try await Self.tasks(kind)[kind])
        #expect(parts.blocked < 0.05, "\(parts)")
        #expect(parts.cpu > 0.02, "\(parts)")
    }

    @Test("what shares its processor with something else is ready for about half of its time")
    func hog() async throws {
        let parts = try Self.parts(try await Self.tasks("hog")["hogged"])
        #expect(parts.ready > 0.3 && parts.blocked < 0.05, "\(parts)")
    }

    @Test(
        "what sleeps, reads, or waits for a lock is blocked",
        arguments: [("sleep", "sleeper"), ("read", "reader"), ("convoy", "convoy")])
    func blocking(kind: String, name: String) async throws {
        let parts = try Self.parts(try await Self.tasks(kind)[name])
        #expect(parts.blocked > 0.7, "\(parts)")
    }

    @Test("a task that another runs on top of has its own time only")
    func nested() async throws {
        let tasks = try await Self.tasks("nested")
        let (outer, inner) = (try #require(tasks["outer"]?.first), try #require(tasks["inner"]?.first))
        #expect(try #require(inner.cpu_ns) >= 29e6 && (try #require(outer.cpu_ns)) >= 19e6)
        #expect(try #require(outer.cpu_ns) < 30e6 && (try #require(outer.self_ns)) <= outer.run_time_ns - 29e6)
        #expect(try #require(outer.blocked_ns) >= inner.run_time_ns * 0.95)
    }

    @Test("a long task among thousands of short ones keeps its time to itself")
    func mixed() async throws {
        let tasks = try await Self.tasks("mixed")
        #expect(try Self.parts(tasks["long"]).blocked > 0.5)
        // Of those that a preemption hit, which one it was is not known.
        let short = tasks["short"]?.filter { $0.cpu_ns != nil } ?? []
        #expect(short.count > 1000)
        #expect(try Self.parts(short).blocked < 0.05)
    }

    @Test(
        "nothing is measured with POOLTRACE_TIME=off, nor in serial mode",
        arguments: [("POOLTRACE_TIME", "off"), ("POOLTRACE_MODE", "serial")])
    func off(variable: String, value: String) async throws {
        let tasks = try await Self.tasks("busy", environment: [variable: value])
        #expect(tasks["busy"]?.count == 5)
        #expect(tasks["busy"]?.allSatisfy { $0.cpu_ns == nil && $0.self_ns != nil } == true)
    }

    @Test("the slowest tasks of a name have their inputs, the others do not")
    func inputs() async throws {
        let tasks = try await Self.tasks("inputs")
        let slow = try #require(tasks["slow"]).sorted { $0.run_time_ns > $1.run_time_ns }
        #expect(slow.count == 40 && slow.prefix(10).allSatisfy { $0.input != nil })
        #expect(Set(slow.compactMap(\.input)).count >= 10, "each has its own")
        #expect(slow.suffix(5).allSatisfy { $0.input == nil })
        #expect(tasks["fast"]?.filter { $0.run_time_ns < 100_000 }.allSatisfy { $0.input == nil } == true)
        #expect(tasks["one"]?.map(\.input) == [#"["a": [1, 2]]"#])
    }

    @Test("inputs are kept as POOLTRACE_INPUT says, and not in serial mode")
    func inputPolicy() async throws {
        for (variable, value, input) in [
            ("POOLTRACE_INPUT", "type", "Swift.Dictionary<Swift.String, Swift.Array<Swift.Int>>"),
            ("POOLTRACE_INPUT", "none", nil),
            ("POOLTRACE_MODE", "serial", nil),
        ] {
            let tasks = try await Self.tasks("inputs", environment: [variable: value])
            #expect(tasks["one"]?.map(\.input) == [input])
        }
    }
}
