import Foundation
import TestSupport
import Testing

/// Tasks in serial mode that block on something outside the pools.
@Suite("A blocking task")
struct BlockingTests {
    private func run(_ kind: String) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("blocking-cases"), [kind],
            environment: ["POOLTRACE_MODE": "serial", "POOLTRACE_LTTNG": "off", "NO_COLOR": "1"])
    }

    @Test("is told of once, with what it waits in and the tasks that starve, and the others go on")
    func pipe() async throws {
        let run = try await run("pipe")
        for part in [
            "a task blocks; nothing else has run for a second", #"task main.1 "reader", for "#,
            "submitted  by main at blocking_cases/main.swift:", "waits in   a read of descriptor ", "pipe:[",
            #"starving   main.2 "writer""#, "and 1 more", "Tests/Programs/blocking-cases/main.swift:92",
            "other tasks continue, and the order is not controlled",
        ] { #expect(run.error.contains(part), "no \(part) in \(run)") }
        #expect(run.error.components(separatedBy: "a task blocks; nothing").count == 2, "\(run)")
        #expect(run.status == .exited(0) && run.output == "read 42\n", "\(run)")
    }

    @Test("on top of main is told of, too, and others go on")
    func onTop() async throws {
        let run = try await run("lock")
        #expect(run.error.contains("waits in   a lock, a condition or a semaphore"), "\(run)")
        #expect(run.status == .exited(0) && run.output == "waited 42 210\n", "\(run)")
        let twice = try await self.run("twice")
        #expect(twice.status == .exited(0) && twice.output == "both\n", "\(twice)")
    }

    @Test("on top of main that spins until another has done something is left as well")
    func spin() async throws {
        let run = try await run("spin")
        #expect(run.error.contains("a task blocks or spins outside PoolTrace; other tasks continue"), "\(run)")
        #expect(run.status == .exited(0) && run.output == "set\n", "\(run)")
    }

    @Test("on top of main is left for another that waits with a timeout, too")
    func limit() async throws {
        let run = try await run("limit")
        #expect(run.error.contains("other tasks continue, and the order is not controlled"), "\(run)")
        #expect(!run.error.contains("only something outside of the pools"), "\(run)")
        #expect(run.status == .exited(0) && run.output == "signalled\n", "\(run)")
    }

    @Test("that sleeps, or that nobody waits behind, is told of and goes on")
    func harmless() async throws {
        let sleep = try await run("sleep")
        #expect(sleep.status == .exited(0) && sleep.output == "other 1\n", "\(sleep)")
        #expect(sleep.error.contains("waits in   time to pass (it sleeps)"), "\(sleep)")
        #expect(!sleep.error.contains("not controlled"), "\(sleep)")
        let alone = try await run("alone")
        #expect(alone.status == .exited(0) && alone.output == "alone\n", "\(alone)")
        #expect(alone.error.contains("only something outside of the pools can end it"), "\(alone)")
        #expect(alone.error.components(separatedBy: "a task blocks").count == 2, "\(alone)")
    }
}
