import TestSupport
import Testing

/// What threads do in a process of their own: at its exit, in its trace, and in serial mode.
@Suite("Threads in a program")
struct ThreadProgramTests {
    static let modes = ["parallel", "serial", "serial:lifo", "serial:random"]

    private func run(
        _ program: String, mode: String = "parallel", _ environment: [String: String] = [:]
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("thread-cases"), [program],
            environment: environment.merging(["POOLTRACE_MODE": mode, "POOLTRACE_LTTNG": "off"]) { own, _ in own })
    }

    @Test(
        "The process waits at exit for threads, also for those that they start, and keeps its status", arguments: modes)
    func exitWaits(mode: String) async throws {
        let result = try await run("exit-waits", mode: mode)
        #expect(result.lines == ["main", "thread after main", "thread after thread"])
        #expect(result.status == .exited(3))
        #expect(result.error == "", "\(result)")
    }

    @Test("A thread that ends the process is not waited for itself, but others are", arguments: modes)
    func exitInside(mode: String) async throws {
        let result = try await run("exit-inside", mode: mode)
        #expect(result.lines == ["other"] && result.status == .exited(5), "\(result)")
    }

    @Test("The process does not wait for daemon threads, nor for those that they start", arguments: modes)
    func daemon(mode: String) async throws {
        let result = try await run("daemon", mode: mode)
        #expect(result.lines == ["inner is a daemon: true", "main"] && result.succeeded, "\(result)")
    }

    @Test("The main thread is that to the end, and so are its thread-local values", arguments: modes)
    func mainThread(mode: String) async throws {
        let result = try await run("main-thread", mode: mode)
        #expect(
            result.lines == ["main true 1", "thread false of nobody", "at exit true of main"] && result.succeeded,
            "\(result)")
    }

    @Test("The process waits at exit until what its threads keep to themselves is destroyed", arguments: modes)
    func exitLocals(mode: String) async throws {
        let result = try await run("exit-locals", mode: mode)
        #expect(result.lines == ["main", "farewell from leaving"] && result.succeeded, "\(result)")
    }

    @Test("Daemon threads in the middle of their work end with the process, without a word", arguments: modes)
    func busyDaemons(mode: String) async throws {
        let result = try await run("busy-daemons", mode: mode)
        #expect(result.lines == ["main"] && result.succeeded, "\(result)")
        #expect(result.error == "", "\(result)")
    }

    @Test("A failure whose report nobody can read disturbs nobody", arguments: modes)
    func closedError(mode: String) async throws {
        let result = try await run("closed-error", mode: mode)
        #expect(result.lines == ["joined", "main"] && result.succeeded, "\(result)")
    }

    @Test("A failure that nobody can join any more is reported at once, one that nobody joined at exit; both once")
    func reports() async throws {
        for (program, name) in [("dropped", "lost"), ("kept", "kept")] {
            let result = try await run(program)
            #expect(result.lines == ["main"])
            let report = "task main.1 \"\(name)\" failed: thread_cases.Broken"
            #expect(result.error.components(of: report).count == 2, "\(result)")
            #expect(result.error.contains("in \(program)"), "the site of its start: \(result)")
            #expect(result.error.contains("Threads.swift:"), "where it was thrown: \(result)")
        }
    }

    @Test("A failure that was joined is not reported again", arguments: modes)
    func joined(mode: String) async throws {
        let result = try await run("joined", mode: mode)
        #expect(result.lines.count { $0 == "joined Broken(part: 3) main.1" } == 2, "\(result)")
        #expect(result.error == "", "\(result)")
    }

    @Test("In every mode the same results and the same failures", arguments: modes, ["", "1", "2", "3"])
    func sameResults(mode: String, seed: String) async throws {
        let seeded = ["POOLTRACE_SEED": seed]
        let mixed = try await run("mixed", mode: mode, seeded)
        #expect(mixed.lines == ["thread 2 Broken(part: 2)", "sums [10, 55, 100, 145]"], "\(mixed)")
        #expect(try await run("task-joins", mode: mode, seeded).lines == ["total 10"])
        #expect(try await run("polling", mode: mode, seeded).lines == ["polled 7"])
        #expect(
            try await run("below", mode: mode, seeded).lines == [
                "child main.1.1", "thread failed with TaskFailure", "task failed with Broken(part: 4)",
            ])
        let primitives = try await run("primitives", mode: mode, seeded)
        #expect(
            primitives.lines == ["event true true", "barrier [0, 1, 2]", "semaphore true lock 1"], "\(primitives)")
    }

    @Test("Threads and tasks that wait for each other are a cycle that names them", arguments: modes)
    func cycle(mode: String) async throws {
        let result = try await run("round", mode: mode)
        #expect(result.lines.first == "found", "\(result)")
        let own = #"a task waits for itself: main.3 "alone", submitted at thread_cases/Threads.swift:"#
        #expect(result.lines.last?.hasPrefix(own) == true, "\(result)")
    }

    @Test("A thread is a task in the trace: the view shows it, and failures shows its report as the program printed it")
    func trace() async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await run("kept", ["POOLTRACE_TRACE": trace])
            let failures = try await Child.run(BuiltProduct.path("pooltrace"), ["failures", trace])
            #expect(failures.output == result.error, "\(failures)")
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace])
            #expect(view.output.contains(#""threads" of 1 thread"#), "\(view)")
            #expect(view.output.contains("main.1") && view.output.contains("kept"), "\(view)")
        }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
