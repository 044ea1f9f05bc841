import TestSupport
import Testing

/// What serial mode promises, clause by clause; each program runs as a child, since a process has one mode.
@Suite("Serial mode")
struct SerialModeTests {
    private func run(
        _ program: String, mode: String = "serial", _ environment: [String: String] = [:]
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pool-cases"), [program],
            environment: environment.merging(["POOLTRACE_MODE": mode, "POOLTRACE_LTTNG": "off"]) { own, _ in own })
    }

    @Test("Exactly one thread runs tasks: the one that waits for them")
    func oneThread() async throws {
        #expect(try await run("one-at-a-time").lines == ["most 1 strangers 0"])
    }

    @Test("An await runs the task on the awaiting thread")
    func await() async throws {
        #expect(try await run("await").lines == ["same thread true"])
    }

    @Test("Strategy one-thread has one thread at every step, and ends the program where a second is needed")
    func strict() async throws {
        let alone = try await run("own-thread", mode: "serial:one-thread")
        #expect(alone.lines == ["threads [1]"])
        #expect(alone.error == "")
        let beside = try await Child.run(
            BuiltProduct.path("pool-cases"), ["own-thread", "beside"],
            environment: ["POOLTRACE_MODE": "serial:one-thread", "POOLTRACE_LTTNG": "off"])
        #expect(beside.status == .exited(70))
        #expect(
            beside.error.hasPrefix(
                "pooltrace: serial mode: main.4 would run while main.3 waits in its middle; that needs a second thread, "
                    + "but --strategy one-thread has only one\n"))
        #expect(beside.error.contains("main.3 \"outer\""))
    }

    @Test("A poll runs one step")
    func poll() async throws {
        #expect(try await run("poll").lines == ["ran [0, 1, 2, 3, 4]"])
    }

    @Test("A wait with a timeout runs a step before it gives up, and ends once its task has")
    func timedWait() async throws {
        #expect(try await run("timed").lines == ["timeout of main.3 ran 1", "ran 3"])
    }

    @Test("A submit into a full queue runs tasks", arguments: ["serial", "parallel"])
    func boundedQueue(mode: String) async throws {
        #expect(try await run("bounded", mode: mode).lines == ["ran before the wait true", "ran 6"])
    }

    @Test("Exit runs what is left, and keeps its status")
    func exit() async throws {
        let result = try await run("exit")
        #expect(result.lines == ["ran 0", "ran 1", "ran 2"])
        #expect(result.status == .exited(3))
        #expect(result.error.isEmpty, "\(result)")
    }

    @Test("Exit in a task, and exit in parallel mode, say what had not ended")
    func exitReports() async throws {
        let inside = try await run("exit-in-task")
        #expect(inside.status == .exited(4))
        #expect(inside.output.isEmpty)
        #expect(inside.error.contains(#"pool "left": 4 of 4 submitted tasks had not ended"#), "\(inside)")
        let parallel = try await run("exit", mode: "parallel")
        #expect(parallel.status == .exited(3))
        #expect(parallel.error.contains(#"pool "left": 2 of 2 submitted tasks had not ended"#), "\(parallel)")
    }

    @Test("A second thread parks until the first gives the baton back, and the run is marked")
    func twoThreads() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await run("two-threads", ["POOLTRACE_TRACE": folder.path("trace")])
            #expect(result.lines == ["other 5"])
            #expect(result.error == "pooltrace: serial mode: two threads submit tasks; their order is not controlled\n")
            let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", folder.path("trace")])
            #expect(
                events.lines.count { $0.contains("mark") && $0.contains("two threads submit tasks") } == 1, "\(events)")
        }
    }

    @Test("If nobody waits for ready tasks a worker of our own takes over, and the run is marked")
    func takeover() async throws {
        let result = try await run("takeover")
        #expect(result.lines == ["released"])
        #expect(
            result.error
                == "pooltrace: serial mode: no thread waited for the ready tasks within 0.2 seconds; a background thread runs them\n"
        )
    }

    @Test("Stacks stay flat: ten thousand tasks run at the same depth")
    func flatStacks() async throws {
        #expect(try await run("stacks").lines == ["spread 0"])
    }

    @Test("Inline runs a task inside the submit, also in a task")
    func inline() async throws {
        #expect(try await run("inline", mode: "serial:inline").lines == ["ran 1", "nested ran 2"])
        #expect(try await run("inline").lines == ["ran 0", "nested ran 1"])
    }

    @Test(
        "A task waits for what nobody else runs, holding a lock that others want",
        arguments: ["parallel", "serial", "serial:lifo", "serial:random", "serial:inline"])
    func waitsInsideTasks(mode: String) async throws {
        #expect(try await run("lock", mode: mode).lines == ["sum 28"])
        #expect(try await run("parked", mode: "parallel").lines == ["done"])
    }

    @Test("A cycle of waits is an error that names every member", arguments: ["parallel", "serial", "serial:lifo"])
    func cycle(mode: String) async throws {
        let result = try await run("cycle", mode: mode)
        #expect(result.output.contains("wait for each other"), "\(result)")
        #expect(result.output.contains(#"main.1 "first", submitted at pool_cases/Endings.swift:"#), "\(result)")
        #expect(result.output.contains(#"main.2 "second", submitted at pool_cases/Endings.swift:"#), "\(result)")
    }

    @Test("Only the chosen task runs, with what is above, below and awaited before it")
    func only() async throws {
        let child = try await run("only", ["POOLTRACE_ONLY": "main.4.1"])
        #expect(
            child.lines == [
                "needed ran", "part 2", "child of 2", "cancelled", "cancelled", "value 3", "cancelled", "map cancelled",
            ], "\(child)")
        let element = try await run("only", ["POOLTRACE_ONLY": "main.6[1]"])
        #expect(element.lines.last == "map cancelled", "\(element)")
        let missing = try await run("only", ["POOLTRACE_ONLY": "main.9"])
        #expect(missing.error.contains("--only main.9: the program submitted no task with this path"), "\(missing)")
        #expect(missing.status == .exited(65) && missing.lines.last == "map [0, 1, 2]", "\(missing)")
        let malformed = try await run("only", mode: "parallel", ["POOLTRACE_ONLY": "main,9"])
        #expect(malformed.status == .exited(64) && malformed.output == "", "\(malformed)")
    }
}
