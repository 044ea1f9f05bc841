import TestSupport
import Testing

/// What cannot go on any more, and what only seems so.
@Suite("A deadlock of a serial run")
struct DeadlockTests {
    private func run(_ program: String, _ strategy: String) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pool-cases"), [program],
            environment: ["POOLTRACE_MODE": "serial:\(strategy)", "POOLTRACE_SEED": "1", "POOLTRACE_LTTNG": "off"])
    }

    static let strategies = ["fifo", "lifo", "random", "delays:50", "pct:3:20"]

    @Test("is none where a task waits for what main does later", arguments: strategies)
    func awaitingMain(strategy: String) async throws {
        let run = try await run("awaiting-main", strategy)
        #expect(run.lines == ["other 1", "consumer 7", "waited 5"] && run.succeeded, "\(run)")
        #expect(run.error == "", "\(run)")
    }

    @Test("is told of at once, with the place of every task and thread, and ends the program", arguments: strategies)
    func locks(strategy: String) async throws {
        let run = try await run("deadlocked", strategy)
        #expect(run.status == .exited(70), "\(run)")
        for part in [
            "deadlock: nothing can continue; 2 tasks wait",
            "waits for  a RecursiveLock, taken at pool_cases/Interleaving.swift:", "tasks wait for each other: ",
            #": task main.1 "first, second", for "#,
            #": task main.2 "second, first", for "#, "in takeBothLocks(_:) at ", "submitted  by main at pool_cases/",
        ] { #expect(run.error.contains(part), "no \(part) in \(run)") }
        // First or last in, first out, the task runs on top of main, which cannot go on without it.
        let mainIsBelow = ["fifo", "lifo"].contains(strategy)
        #expect(run.error.contains(#"main waits for task main.1 "first, second""#) == !mainIsBelow, "\(run)")
    }

    @Test(
        "of two locks is an error where it would begin, with both tasks and where each has its lock",
        arguments: ["parallel"] + strategies.map { "serial:\($0)" })
    func circle(mode: String) async throws {
        let run = try await Child.run(
            BuiltProduct.path("pool-cases"), ["circle"],
            environment: ["POOLTRACE_MODE": mode, "POOLTRACE_SEED": "1", "POOLTRACE_LTTNG": "off"])
        // Whichever came last.
        let members = [
            #"main.1 "first, second", submitted at pool_cases/Interleaving.swift:"#,
            #"main.2 "second, first", submitted at pool_cases/Interleaving.swift:"#,
        ]
        #expect(run.lines.count == 1 && run.succeeded, "\(run)")
        for part in ["tasks wait for each other: ", "waits for the lock taken at pool_cases/"] + members {
            #expect(run.output.contains(part), "no \(part) in \(run)")
        }
    }

    @Test("is a signal that came too early, too", arguments: strategies)
    func lostSignal(strategy: String) async throws {
        let run = try await run("lost-signal", strategy)
        #expect(run.status == .exited(70), "\(run)")
        #expect(run.error.contains("deadlock: nothing can continue; no task"))
    }
}
