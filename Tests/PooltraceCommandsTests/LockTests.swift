import TestSupport
import Testing

/// Locks that are not PoolTrace's, in a program that the command runs one task at a time.
@Suite("Locks of others")
struct LockTests {
    private static let kinds = [
        "mutex", "recursive", "errorcheck", "rwlock", "semaphore", "NSLock", "NSRecursiveLock", "NSCondition",
        "DispatchSemaphore",
    ]

    private func run(
        _ arguments: [String], program name: String = "pool-cases", _ words: [String]
    ) async throws -> ChildResult {
        try await withTemporaryDirectory { directory in
            try await Child.run(
                BuiltProduct.path("pooltrace"),
                arguments + ["--", BuiltProduct.path(name)] + words,
                environment: ["POOLTRACE_LTTNG": "off", "NO_COLOR": "1", "XDG_STATE_HOME": directory.path("state")])
        }
    }

    private static let orders = [["--serial"], ["--strategy", "lifo"]] + (1...2).map { ["--seed", "\($0)"] }

    @Test(
        "A task that is stopped in one holds up nobody but those that want it, and one at a time has it",
        arguments: kinds + ["queue", "Mutex"])
    func sections(kind: String) async throws {
        for order in Self.orders {
            let run = try await run(["run"] + order, ["locks", kind]).requireSuccess()
            #expect(run.lines == ["left 3, at most 1 inside"], "\(order) \(run)")
            #expect(!run.error.contains("not controlled"), "\(order) \(run)")
        }
    }

    @Test("Who wants what another task does once waits until it is done", arguments: ["once", "lazy"])
    func once(kind: String) async throws {
        for order in Self.orders {
            let run = try await run(["run"] + order, ["locks", kind]).requireSuccess()
            #expect(run.lines == ["left 1, at most 1 inside"], "\(order) \(run)")
            #expect(!run.error.contains("not controlled"), "\(order) \(run)")
        }
    }

    @Test("print locks standard output while it describes what it prints")
    func printing() async throws {
        for order in Self.orders {
            let run = try await run(["run"] + order, ["locks", "print"]).requireSuccess()
            #expect(run.lines == ["slow", "slow", "slow", "left 3, at most 1 inside"], "\(order) \(run)")
            #expect(!run.error.contains("not controlled"), "\(order) \(run)")
        }
    }

    @Test(
        "Two locks that are taken in opposite order are a deadlock, with who holds what, in the order that reaches it",
        arguments: kinds.filter { !$0.hasSuffix("emaphore") } + ["Mutex"])
    func deadlocks(kind: String) async throws {
        try await withTemporaryDirectory { directory in
            let program = try [BuiltProduct.path("pool-cases"), "opposite-locks", kind]
            let environment = [
                "POOLTRACE_LTTNG": "off", "NO_COLOR": "1", "XDG_STATE_HOME": directory.path("state"),
            ]
            let explored = try await Child.run(
                BuiltProduct.path("pooltrace"),
                ["explore", "--schedules", "100", "--first", "--dir", directory.path("found"), "--"] + program,
                environment: environment)
            #expect(explored.status == .exited(2), "\(explored)")
            #expect(explored.error.contains("a deadlock of main.1, main.2"), "\(explored)")
            let lines = explored.error.split(separator: "\n").compactMap {
                $0.firstMatch(of: /pooltrace replay (\S+\.schedule)/)?.1
            }
            let schedule = try #require(lines.first, "\(explored)")
            let replayed = try await Child.run(
                BuiltProduct.path("pooltrace"), ["replay", String(schedule), "--"] + program, environment: environment)
            #expect(replayed.status == .exited(70), "\(replayed)")
            for (one, other) in [("1 \"left\"", "2 \"right\""), ("2 \"right\"", "1 \"left\"")] {
                let line = replayed.error.split(separator: "\n").first { $0.hasPrefix("  main.\(one) waits for a ") }
                #expect(line?.contains(": main.\(other) holds it") == true, "\(replayed)")
                if kind != "Mutex" { #expect(line?.contains("Locks.swift:") == true, "\(replayed)") }
            }
        }
    }

    @Test("Async tasks that block each other are a deadlock, too, and no lost continuations")
    func asyncDeadlock() async throws {
        let explored = try await run(
            ["explore", "--schedules", "60", "--first"], program: "runtime-cases", ["opposite-locks"])
        #expect(explored.error.contains("a deadlock of main.1, main.2"), "\(explored)")
        #expect(explored.error.contains(" holds it, taken at "), "\(explored)")
    }

    @Test("Where Swift's runtime is a part of the program no free lock is a point, since the runtime's are none")
    func staticRuntime() async throws {
        try await withTemporaryDirectory { directory in
            let program = directory.path("static")
            try await OptimizedProgram.build(
                "pool-cases", at: program,
                cModules: [
                    "CPoolRecorder", "CPoolTraceAnnotations", "CPoolWorker", "CEventTable", "CRealCalls", "CTerminal",
                ],
                options: ["-static-stdlib"])
            let environment = [
                "POOLTRACE_LTTNG": "off", "NO_COLOR": "1", "XDG_STATE_HOME": directory.path("state"),
            ]
            for words in [["sections", "NSLock", "two"], ["locks", "mutex"]] {
                let explored = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["explore", "--schedules", "20", "--", program] + words,
                    environment: environment)
                #expect(explored.succeeded && explored.error.contains("none failed"), "\(explored)")
                #expect(explored.error.contains(" or a lock that is not free. "), "\(explored)")
            }
        }
    }

    @Test("A task that takes its own lock again is a deadlock of one")
    func takenTwice() async throws {
        let run = try await run(["run", "--serial"], ["taken-twice"])
        #expect(run.status == .exited(70), "\(run)")
        #expect(run.error.contains(": main.1 \"twice\" holds it, taken at "), "\(run)")
    }

    @Test(
        "What two sections lose is found, and nothing is lost in one",
        arguments: ["mutex", "rwlock", "semaphore", "NSLock", "DispatchSemaphore"])
    func lostUpdates(kind: String) async throws {
        let lost = try await run(["explore", "--schedules", "40"], ["sections", kind, "two"])
        #expect(lost.status == .exited(2), "\(lost)")
        #expect(lost.error.contains("the program exits with status 3"), "\(lost)")
        let whole = try await run(["explore", "--schedules", "40"], ["sections", kind])
        #expect(whole.succeeded && whole.error.contains("none failed"), "\(whole)")
    }

    @Test("They answer as they do natively, and limits end by the virtual clock")
    func answers() async throws {
        let native = try await Child.run(
            BuiltProduct.path("pool-cases"), ["lock-answers"], environment: ["POOLTRACE_LTTNG": "off"]
        ).requireSuccess()
        #expect(
            native.lines == [
                "twice true true", "held [true, true, true]", "not its own true", "in time false", "in time true",
                "signalled false", "signalled true", "signalled false", "signalled true",
            ])
        for order in [["--serial"], ["--strategy", "lifo"]] {
            let run = try await run(["run"] + order, ["lock-answers"]).requireSuccess()
            #expect(run.lines == native.lines, "\(order) \(run)")
        }
    }

    @Test("A thread that nobody controls may wake a task, and main's lock holds up who wants it alone")
    func outside() async throws {
        for order in Self.orders {
            let run = try await run(["run"] + order, ["woken-from-outside"]).requireSuccess()
            #expect(run.lines == ["woken 1", "others 3", "main's lock 2"], "\(order) \(run)")
        }
    }
}
