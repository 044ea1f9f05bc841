import Foundation
import TestSupport
import Testing

/// Tasks in serial mode that block on something outside of the pools.
@Suite("A blocking task")
struct BlockingTests {
    private func run(_ kind: String, spill: Bool = false) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("blocking-cases"), [kind],
            environment: [
                "POOLTRACE_MODE": "serial", "POOLTRACE_SPILL": spill ? "on" : "off", "POOLTRACE_LTTNG": "off",
                "NO_COLOR": "1",
            ]
        ) { child in
            guard !spill, kind != "sleep", kind != "alone" else { return }
            try await child.waitForError(containing: "the others go on by themselves")
            child.send(SIGKILL)
        }
    }

    @Test("is told of once, with what it waits in and the tasks that starve")
    func pipe() async throws {
        let run = try await run("pipe")
        for part in [
            "a task blocks, and nothing else can run", #"task main.1 "reader", for "#,
            "submitted  by main at blocking_cases/main.swift:", "waits in   a read of descriptor ", "pipe:[",
            #"starving   main.2 "writer""#, "and 1 more", "Tests/Programs/blocking-cases/main.swift:66",
        ] { #expect(run.error.contains(part), "no \(part) in \(run)") }
        #expect(run.status == .signalled(SIGKILL), "\(run)")
        let lock = try await self.run("lock")
        #expect(lock.error.contains("waits in   a lock, a condition or a semaphore"), "\(lock)")
    }

    @Test("that sleeps, or that nobody waits behind, is told of and goes on")
    func harmless() async throws {
        let sleep = try await run("sleep")
        #expect(sleep.status == .exited(0) && sleep.output == "other 1\n", "\(sleep)")
        #expect(sleep.error.contains("waits in   time to pass: it sleeps"), "\(sleep)")
        let alone = try await run("alone")
        #expect(alone.status == .exited(0) && alone.output == "alone\n", "\(alone)")
        #expect(alone.error.contains("only something outside of the pools can end it"), "\(alone)")
        #expect(alone.error.components(separatedBy: "a task blocks").count == 2, "\(alone)")
    }

    @Test("lets a second thread go on where that is asked for", arguments: ["pipe", "lock", "twice", "sleep"])
    func spill(kind: String) async throws {
        let outputs = ["pipe": "read 42\n", "lock": "waited 42 210\n", "twice": "both\n", "sleep": "other 1\n"]
        let run = try await run(kind, spill: true)
        #expect(run.status == .exited(0) && run.output == outputs[kind], "\(run)")
        #expect(run.error.contains("from here on the order is not controlled"), "\(run)")
    }
}
