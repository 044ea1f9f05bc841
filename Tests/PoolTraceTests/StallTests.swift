import Foundation
import TestSupport
import Testing

/// What tells where tasks hang, of a program with a task that sleeps, one that spins and one that waits for the first.
@Suite("Stalls")
struct StallTests {
    private func whileStalled(
        _ environment: [String: String], _ body: @escaping @Sendable (Child) async throws -> Void
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pool-features"), ["stalls"],
            environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { own, _ in own }
        ) { child in
            try await child.waitForOutput(containing: "blocked")
            try await body(child)
            child.send(SIGKILL)
        }
    }

    /// Checks what is shown of the three tasks.
    private func expectStacks(_ text: String) {
        for part in [
            #"pool "stalls": 3 of 3 workers busy, 0 tasks in the queue"#, #"task main.1 "sleeper", for "#,
            #"task main.2 "spinner", for "#, #"task main.3 "waiter", for "#,
            "by main at pool_features/Stalls.swift:11 in stalls()",
            #"waits for  task main.1 "sleeper", submitted at pool_features/Stalls.swift:11"#, "clock_nanosleep",
            "sleepsInACall(_:) at ", "spinsInALoop(_:) at ", "in stalls() at ",
        ] { #expect(text.contains(part), "no \(part) in \(text)") }
    }

    @Test("The command shows what every worker does, as often as it is asked, and the program goes on")
    func command() async throws {
        _ = try await whileStalled(["POOLTRACE_STACKS": "on"]) { child in
            for _ in 0..<20 {
                let stacks = try await Child.run(BuiltProduct.path("pooltrace"), ["stacks", "\(child.pid)"])
                    .requireSuccess()
                expectStacks(stacks.output)
            }
        }
    }

    @Test("SIGQUIT shows it on standard error, and does not end the program")
    func quit() async throws {
        let run = try await whileStalled(["POOLTRACE_STACKS": "on"]) { child in
            child.send(SIGQUIT)
            try await child.waitForError(containing: "spinsInALoop")
            try await child.waitForError(containing: "sleepsInACall")
        }
        expectStacks(run.error)
        #expect(run.status == .signalled(SIGKILL))
    }

    @Test("The watchdog tells once of each task that runs for too long")
    func watchdog() async throws {
        for variables in [["STALL_LIMIT": "1"], ["POOLTRACE_STALL": "0.05"]] {
            let run = try await whileStalled(variables) { child in
                for name in ["sleeper", "spinner", "waiter"] {
                    try await child.waitForError(containing: #""\#(name)", for"#)
                }
            }
            let told = run.error.split(separator: "\n").filter {
                $0.contains("a task runs for longer than 0.05 seconds")
            }
            #expect(told.count == 3, "\(run)")
            #expect(run.error.contains("sleepsInACall(_:) at "), "\(run)")
        }
    }

    @Test("A process that was not told to answer says how to")
    func noAnswer() async throws {
        _ = try await whileStalled([:]) { child in
            let stacks = try await Child.run(BuiltProduct.path("pooltrace"), ["stacks", "\(child.pid)"])
            #expect(stacks.status == .exited(1) && stacks.error.contains("POOLTRACE_STACKS=on"), "\(stacks)")
        }
        let none = try await Child.run(BuiltProduct.path("pooltrace"), ["stacks", "999999999"])
        #expect(none.status == .exited(1) && none.error.contains("no such process"), "\(none)")
        let wrong = try await Child.run(BuiltProduct.path("pooltrace"), ["stacks", "-1"])
        #expect(wrong.status == .exited(64), "\(wrong)")
    }
}
