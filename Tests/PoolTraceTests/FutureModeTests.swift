import TestSupport
import Testing

/// Futures in every mode, as programs: a process has one mode.
@Suite("Futures in every mode")
struct FutureModeTests {
    private func run(_ program: String, mode: String, seed: Int = 1) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pool-cases"), [program],
            environment: ["POOLTRACE_MODE": mode, "POOLTRACE_SEED": "\(seed)", "POOLTRACE_LTTNG": "off"])
    }

    static let serialModes: [(mode: String, seed: Int)] = [
        ("serial", 1), ("serial:lifo", 1), ("serial:random", 1), ("serial:random", 2), ("serial:random", 3),
    ]

    @Test(
        "Callbacks, waits for several and promises give the results of the parallel run in every order",
        arguments: serialModes)
    func sameResults(mode: String, seed: Int) async throws {
        for program in ["futures", "awaited-futures"] {
            let parallel = try await run(program, mode: "parallel").requireSuccess()
            let serial = try await run(program, mode: mode, seed: seed).requireSuccess()
            #expect(serial.output == parallel.output, "\(program)")
            // Tasks wait for promises that other tasks complete: a thread of our own runs those, which may be told.
            let notices = serial.error.split(separator: "\n")
            #expect(notices.allSatisfy { $0.hasPrefix("pooltrace: serial mode: ") }, "\(serial)")
            #expect(parallel.lines.count > 5, "\(parallel)")
        }
    }

    @Test(
        "A failure that nobody asks for is reported once, whenever its future, its promise or its pool was let go of",
        arguments: [("parallel", 1), ("serial", 1), ("serial:lifo", 1), ("serial:random", 1)])
    func unread(mode: String, seed: Int) async throws {
        let result = try await run("unread", mode: mode, seed: seed)
        #expect(result.lines == ["shut down"])
        #expect(result.status == .exited(0))
        let failed = result.error.split(separator: "\n").filter { $0.hasPrefix("task ") }.compactMap { line in
            line.split(separator: "\"").dropFirst().first
        }
        #expect(failed.sorted() == ["after", "before", "promised", "released", "waited"], "\(result)")
    }

    @Test("In serial mode a promise that no task can complete is named, and a thread outside may still do it")
    func stuck() async throws {
        let result = try await run("stuck-promise", mode: "serial").requireSuccess()
        let notices = result.lines.filter { $0.contains("is waited for and no task is ready") }
        #expect(
            notices.count == 2 && notices.allSatisfy { $0.contains("PATH, made at pool_cases/Futures.swift:") },
            "\(result)")
        #expect(result.lines.count { $0 == "5" } == 2, "\(result)")
    }

    @Test("Promises and callbacks are tasks of their own in a trace, so that a wait names something")
    func traced() async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            try await Child.run(
                BuiltProduct.path("pool-cases"), ["futures"],
                environment: ["POOLTRACE_MODE": "serial", "POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off"]
            ).requireSuccess()
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace]).requireSuccess()
            #expect(view.output.contains("callback"), "\(view)")
            #expect(!view.output.contains("?"), "\(view)")
            let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", "--no-times", trace])
                .requireSuccess()
            func tasks(_ event: String, _ field: String) -> Set<Substring> {
                let lines = events.output.split(separator: "\n").filter { $0.hasPrefix("pooltrace:\(event):") }
                return Set(lines.compactMap { $0.split(separator: "\(field) = ").last?.prefix { $0.isNumber } })
            }
            #expect(!tasks("wait_start", "awaited").isEmpty)
            #expect(tasks("wait_start", "awaited").isSubset(of: tasks("task_submit", "task")), "\(events)")
        }
    }
}
