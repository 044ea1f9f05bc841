import Foundation
import TestSupport
import Testing

/// Real signals to real programs: each waits for what the program prints, never for a time.
@Suite("SignalPolicy")
struct SignalPolicyTests {
    static let modes = ["parallel", "serial"]

    private func run(
        _ program: String, mode: String = "parallel", grace: String? = nil,
        while body: @escaping @Sendable (Child) async throws -> Void
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("thread-cases"), [program] + (grace.map { [$0] } ?? []),
            environment: ["POOLTRACE_MODE": mode, "POOLTRACE_LTTNG": "off"], while: body)
    }

    @Test("The first signal cancels what is queued, lets what runs end, and tells what is in flight", arguments: modes)
    func first(mode: String) async throws {
        let result = try await run("polite", mode: mode) { child in
            try await child.waitForOutput(containing: "ready")
            child.send(SIGINT)
        }
        #expect(
            result.lines == [
                "ready", "value 42", "cancelled 5", "thread cancelled",
                "pool \"after\" is closed and accepts no more tasks", "stopping true",
            ], "\(result)")
        #expect(result.succeeded, "main came to its own end: \(result)")
        // The thread that said "ready" may not have ended yet.
        let counts = #/SIGINT: pools accept no more tasks; 5 queued tasks are cancelled, [23] in flight/#
        #expect(result.error.contains(counts), "\(result)")
        #expect(
            result.error.contains(#"in flight: main.2 "last", submitted by main at thread_cases/Signals.swift:"#)
                && result.error.contains(#" in polite(), on worker 1 of pool "polite" for "#), "\(result)")
        #expect(result.error.contains(#"in flight: main.1 "looper", submitted by main at "#), "\(result)")
    }

    @Test("A program that is thrown the cancellation ends by the signal, its other failures reported", arguments: modes)
    func cancelled(mode: String) async throws {
        for signal in [SIGINT, SIGTERM] {
            let result = try await run("cancelled", mode: mode) { child in
                try await child.waitForOutput(containing: "ready")
                child.send(signal)
            }
            #expect(result.status == .signalled(signal) && result.lines == ["ready"], "\(result)")
            #expect(result.error.contains(#"task main.1 "broken" failed: thread_cases.Broken"#), "\(result)")
        }
    }

    @Test("When the grace period is over the process ends by the signal, and says what is in the way", arguments: modes)
    func graceIsOver(mode: String) async throws {
        let result = try await run("stubborn", mode: mode, grace: "50") { child in
            try await child.waitForOutput(containing: "ready")
            child.send(SIGTERM)
        }
        #expect(result.status == .signalled(SIGTERM), "\(result)")
        #expect(result.error.contains("SIGTERM: 0.05 seconds have passed; 1 still in flight"), "\(result)")
        let told = "pooltrace: in flight: main.2 \"endless\""
        #expect(result.error.split(separator: "\n").count { $0.hasPrefix(told) } == 2, "\(result)")
        #expect(result.error.contains(#"task main.1 "broken" failed: thread_cases.Broken"#), "\(result)")
    }

    @Test("The second signal ends the process at once, by that signal", arguments: modes)
    func second(mode: String) async throws {
        let result = try await run("stubborn", mode: mode) { child in
            try await child.waitForOutput(containing: "ready")
            child.send(SIGINT)
            try await child.waitForError(containing: "in flight: main.2")
            child.send(SIGTERM)
        }
        #expect(result.status == .signalled(SIGTERM), "\(result)")
        #expect(!result.error.contains("are over") && !result.error.contains("failed"), "\(result)")
    }

    @Test("A program that comes to its end by itself keeps its status")
    func ownEnd() async throws {
        let result = try await run("late") { child in
            try await child.waitForOutput(containing: "ready")
            child.send(SIGTERM)
        }
        #expect(result.status == .exited(7) && result.lines == ["ready", "end"], "\(result)")
    }

    @Test("A signal that the program was started to ignore stays ignored")
    func ignored() async throws {
        let program = try BuiltProduct.path("thread-cases")
        let result = try await Child.run(
            "sh", ["-c", "trap '' INT; exec \"$0\" late", program], environment: ["POOLTRACE_LTTNG": "off"]
        ) { child in
            try await child.waitForOutput(containing: "ready")
            child.send(SIGINT)
            child.send(SIGTERM)
        }
        #expect(result.status == .exited(7), "\(result)")
        #expect(result.error.contains("SIGTERM: pools accept no more tasks"), "\(result)")
    }

    @Test("A trace that such an end has left says so, and holds the failure")
    func trace() async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            _ = try await Child.run(
                BuiltProduct.path("thread-cases"), ["cancelled"],
                environment: ["POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off"]
            ) { child in
                try await child.waitForOutput(containing: "ready")
                child.send(SIGINT)
            }
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace])
            #expect(view.output.contains("with status 130 after"), "\(view)")
            #expect(view.output.contains("1 failed") && view.output.contains("1 cancelled"), "\(view)")
        }
    }
}
