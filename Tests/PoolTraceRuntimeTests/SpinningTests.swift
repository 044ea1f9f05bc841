import Glibc
import TestSupport
import Testing

/// Tasks that ask again and again, without a suspension, for what another task does.
@Suite("Async tasks that spin")
struct SpinningTests {
    private static let otherOrders = [("serial:delays", "1"), ("serial:pct", "1"), ("serial:inline", "0")]

    @Test(
        "One that looks whether it is cancelled lets the others run, in every order and each time in the same",
        arguments: ["looks", "checks", "sleeperCancels"])
    func looks(name: String) async throws {
        for (mode, seed) in SerialTests.orders + Self.otherOrders {
            var logs = Set<String>()
            for _ in 0..<2 {
                try await withTemporaryDirectory { folder in
                    let result = try await RuntimeProgram.run(
                        name, mode: mode, seed: seed, trace: folder.path("trace")
                    ).requireSuccess()
                    let word = name == "checks" ? "cancelled true" : "cancelled"
                    #expect(result.lines == [word] && result.error == "", "\(mode) \(seed): \(result)")
                    logs.insert(try await RuntimeProgram.steps(in: folder.path("trace")))
                }
            }
            #expect(logs.count == 1, "\(mode) \(seed)")
        }
    }

    @Test(
        "So does one of an unmodified program, also with Swift's own threads",
        arguments: ["looks", "checks", "sleeperCancels", "mainCancels"])
    func unmodified(name: String) async throws {
        let ways = [
            ["--serial", "--strategy", "lifo"], ["--serial", "--strategy", "pct", "--seed", "2"], [], ["--serial"],
        ]
        for options in ways {
            let run = try await Self.run(options, name)
            #expect(run.succeeded && run.lines.first?.hasPrefix("cancelled") == true, "\(options) \(run)")
        }
    }

    @Test("One on the main thread, that main is to cancel, lets main go on elsewhere, and that is said")
    func mainCancels() async throws {
        for (mode, seed) in SerialTests.orders {
            let run = try await RuntimeProgram.run("mainCancels", mode: mode, seed: seed)
            #expect(run.succeeded && run.lines == ["cancelled"], "\(mode) \(run)")
            let isSaid = run.error.contains(
                "main.1 \"async\" spins on the main thread: the main actor's tasks continue on another thread")
            // Where orders are searched for the task has a thread of its own.
            #expect(isSaid == (seed == "0"), "\(mode) \(run)")
        }
    }

    @Test(
        "One that spins until another has set a flag is named, and the others continue",
        arguments: ["flag", "mainFlag"])
    func flag(name: String) async throws {
        for (mode, seed) in [("serial", "0"), ("serial:random", "3")] {
            let run = try await RuntimeProgram.run(
                name, mode: mode, seed: seed, environment: ["POOLTRACE_SPIN": "0.1"])
            #expect(run.succeeded && run.lines == ["set"], "\(mode) \(run)")
            for part in [
                "main.1 \"async\", submitted by main at async-cases/AsyncCase+Spinning.swift:",
                " ready: other tasks continue",
                "has run for more than ",
            ] { #expect(run.error.contains(part), "no \(part) in \(mode) \(run)") }
            #expect(!run.error.contains("lost"), "\(mode) \(run)")
        }
    }

    @Test(
        "One that spins for ever is shown by the command, on SIGQUIT and by the watchdog, and is what the program ran",
        arguments: [["--serial"], ["--serial", "--strategy", "random"], [], ["--runtime", "pool"]])
    func stuck(options: [String]) async throws {
        let run = try await Self.run(options, "stuck", ["POOLTRACE_STALL": "0.5"]) { child in
            try await child.waitForError(containing: "a task runs for longer than 0.5 seconds")
            let children = try await Child.run("pgrep", ["-P", "\(child.pid)"]).requireSuccess()
            let process = try #require(children.lines.first.flatMap { Int32($0) })
            let stacks = try await Child.run(BuiltProduct.path("pooltrace"), ["stacks", "\(process)"]).requireSuccess()
            Self.expectStack(in: stacks.output)
            #expect(stacks.output.hasPrefix("pool \"swift-concurrency\": 1 "), "\(stacks)")
            kill(process, SIGQUIT)
            try await child.waitForError(containing: "\npool \"swift-concurrency\": 1 ")
            kill(process, SIGKILL)
        }
        #expect(run.status == .exited(128 + SIGKILL), "\(run)")
        Self.expectStack(in: run.error)
        #expect(run.error.contains("when the program died, it was running main.1 \"async\"\n"), "\(run)")
        if options == ["--serial"] {
            for part in ["starving   main.2 \"async\"", "and 2 more"] {
                #expect(run.error.contains(part), "no \(part) in \(run)")
            }
        }
    }

    private static func expectStack(in text: String) {
        for part in [
            "task main.1 \"async\", for ", "submitted  by main at async-cases/AsyncCase+Spinning.swift:",
            "spin(until:) at ",
        ] { #expect(text.contains(part), "no \(part) in \(text)") }
    }

    private static func run(
        _ options: [String], _ name: String, _ environment: [String: String?] = [:],
        while body: @escaping @Sendable (Child) async throws -> Void = { _ in }
    ) async throws -> ChildResult {
        try await withTemporaryDirectory { folder in
            try await Child.run(
                try BuiltProduct.path("pooltrace"),
                ["run", "--dir", folder.path("run")] + options + ["--", try BuiltProduct.path("async-program"), name],
                environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { $1 }, while: body)
        }
    }
}
