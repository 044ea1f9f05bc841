import Foundation
import TestSupport
import Testing

/// Tasks in serial mode that block on something outside the pools.
@Suite("A blocking task")
struct BlockingTests {
    private func run(
        _ kind: String, mode: String = "serial", environment: [String: String?] = [:]
    ) async throws -> ChildResult {
        let own = ["POOLTRACE_MODE": mode, "POOLTRACE_LTTNG": "off", "NO_COLOR": "1"]
        return try await Child.run(
            BuiltProduct.path("blocking-cases"), [kind], environment: environment.merging(own) { $1 })
    }

    private static let modes = ["serial", "serial:lifo", "serial:random", "serial:delays", "serial:pct"]

    @Test("that looks whether it is cancelled lets the others run", arguments: modes)
    func looks(mode: String) async throws {
        let run = try await run("cancel", mode: mode)
        #expect(run.succeeded && run.output == "cancelled\n" && run.error == "", "\(mode) \(run)")
    }

    @Test(
        "that spins until another has set a flag is named, and the others go on",
        arguments: ["serial", "serial:delays:1"])
    func spins(mode: String) async throws {
        let run = try await run("flag", mode: mode, environment: ["POOLTRACE_SPIN": "0.1"])
        #expect(run.succeeded && run.output == "set\n", "\(mode) \(run)")
        for part in [
            #"serial mode: main.1 "spinner", submitted by main at blocking_cases/main.swift:"#,
            "has run for more than ",
            #"main.2 "setter" is ready: other tasks continue"#,
        ] { #expect(run.error.contains(part), "no \(part) in \(mode) \(run)") }
    }

    @Test("is told of once, with what it waits in and the tasks that starve, and the others go on")
    func pipe() async throws {
        let run = try await run("pipe")
        for part in [
            "a task blocks; nothing else has run for a second", #"task main.1 "reader", for "#,
            "submitted  by main at blocking_cases/main.swift:", "waits in   a read of descriptor ", "pipe:[",
            #"starving   main.2 "writer""#, "and 1 more", "Tests/Programs/blocking-cases/main.swift:98",
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
