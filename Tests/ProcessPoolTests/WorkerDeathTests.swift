import Foundation
import TestSupport
import Testing

/// What becomes of a pool whose workers die, and of workers whose pool does: in programs of their own.
@Suite("Deaths of worker processes")
struct WorkerDeathTests {
    private func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("process-cases"), arguments,
            environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { own, _ in own })
    }

    @Test("A worker that is killed, exits or crashes fails its task with how it ended, and the pool goes on")
    func endings() async throws {
        let result = try await run("deaths")
        #expect(result.output.contains("killed by signal 9 (SIGKILL) while it ran main.1"), "\(result)")
        #expect(result.output.contains("exited with status 7 while it ran main.2"), "\(result)")
        #expect(result.output.contains("killed by signal 4 (SIGILL) while it ran main.3"), "\(result)")
        #expect(result.output.contains("it printed: process_cases/Tasks.swift:"), "\(result)")
        #expect(result.output.contains("Fatal error: stopped on purpose"), "\(result)")
        #expect(result.output.contains("killed by signal 11 (SIGSEGV) while it ran main.4"), "\(result)")
        #expect(result.output.contains("  input      kill\n"), "\(result)")
        #expect(result.output.contains(#"task main.3 "Die" failed: PoolTrace.WorkerDiedError: "#), "\(result)")
        #expect(!result.output.contains("task_start task=") || !result.output.contains("on purpose; its"), "\(result)")
        #expect(result.lines.last == "live", "\(result)")
    }

    @Test("The report of a worker's crash says where it was; Swift's backtrace is folded unless all frames are shown")
    func crashes() async throws {
        let folded = try await run("deaths", environment: ["SWIFT_BACKTRACE": "enable=yes"])
        for line in ["  thrown     Die.run(_:) at ", "  input      segv\n  thrown     Die.run(_:) at "] {
            #expect(folded.output.contains(line), "\(folded)")
        }
        #expect(folded.error.contains(" lines of Swift's backtrace; POOLTRACE_FRAMES=all shows them\n"), "\(folded)")
        #expect(folded.error.contains("Fatal error: stopped on purpose\n"), "\(folded)")
        #expect(!folded.error.contains("Registers:") && folded.error.split(separator: "\n").count < 10, "\(folded)")
        let whole = try await run(
            "deaths", environment: ["SWIFT_BACKTRACE": "enable=yes", "POOLTRACE_FRAMES": "all"])
        #expect(whole.error.contains(" main.3] Registers:\n"), "\(whole)")
    }

    @Test("A worker that dies of a coder fails the task whose value that was, and the pool goes on")
    func deadlyCoders() async throws {
        let result = try await run("deadly-coders", environment: ["SWIFT_BACKTRACE": "enable=no"])
        let (exited, crashed) = ("exited(status: 7)", "signalled(signal: 4)")
        #expect(result.lines.count == 5 && result.lines.last == "2", "\(result)")
        for (line, ending) in zip(result.lines, [exited, exited, crashed, crashed]) {
            #expect(line.contains(ending), "\(result)")
        }
    }

    @Test(
        "Workers that die with large inputs before them fail those, and one that dies while its pool ends hangs nobody")
    func largeDeaths() async throws {
        #expect(try await run("large-deaths").lines == ["6", "true", "0"])
    }

    @Test("A program that ends with a pool open ends, with its processes")
    func endWithPool() async throws {
        let result = try await run("end-with-pool")
        #expect(result.lines == ["285"] && result.succeeded && result.error.isEmpty, "\(result)")
    }

    @Test(
        "A program that writes to standard descriptors which it has closed spoils no memory of ours",
        arguments: ["parallel", "serial"])
    func closedStandard(mode: String) async throws {
        let result = try await run("closed-standard", environment: ["POOLTRACE_MODE": mode])
        #expect(result.lines == ["328350"] && result.succeeded, "\(result)")
    }

    @Test("A pool that is let go of runs what it was given, and its processes end")
    func letGo() async throws {
        #expect(try await run("let-go").lines == ["2470", "no children"])
    }

    @Test("A pool for all of whose workers there is no room leaves none behind, neither processes nor threads")
    func noRoom() async throws {
        #expect(try await run("no-room").lines == ["ProcessPoolError", "285", "PoolError", "285"])
    }

    @Test("A worker without memory fails the task that asked for it, with what it said, and no other")
    func memory() async throws {
        let result = try await run("memory", environment: ["SWIFT_BACKTRACE": "enable=no"])
        let expected = [
            "main.1[2] 512 signalled(signal: 6) ", "main.1[6] 512 signalled(signal: 6) ",
            "main.1[10] 512 signalled(signal: 6) ", "processes 3",
            "cannot allocate 41951232 bytes for the message (errno 12)",
        ]
        #expect(result.lines.prefix(5) == expected[...], "\(result)")
        #expect(result.output.contains(" exited with status 70 "), "\(result)")
        #expect(result.output.contains("cannot allocate 134225920 bytes for the message"), "\(result)")
        #expect(result.lines.suffix(2) == ["[1, 2, 3, 4, 5, 6, 7, 8]", "children 0"], "\(result)")
    }

    @Test("Killing random workers during a map fails the tasks they held and no others, and leaves nothing behind")
    func kills() async throws {
        let result = try await run("kills", "3000", "30")
        #expect(
            result.lines.prefix(3) == ["problems []", "values true", "children 0 leaked descriptors 0"], "\(result)")
        #expect(result.lines.contains("after true"), "\(result)")
    }

    @Test("What a worker prints to standard error comes out line by line, with the worker and the task before it")
    func output() async throws {
        let result = try await run("output")
        let lines = result.error.split(separator: "\n").map(String.init)
        #expect(
            lines.contains { $0.hasSuffix(" main.1] one") } && lines.contains { $0.hasSuffix(" main.1] two") },
            "\(result)")
        for element in 0..<6 {
            #expect(lines.contains { $0.hasSuffix(" main.2[\(element)]] line \(element)") }, "\(result)")
        }
        #expect(lines.allSatisfy { $0.hasPrefix("[printing-") }, "\(result)")
    }

    @Test("A worker does not outlive its pool's process, even one in the middle of a task")
    func orphans() async throws {
        let result = try await Child.run(
            BuiltProduct.path("process-cases"), ["orphans"], environment: ["POOLTRACE_LTTNG": "off"]
        ) { child in
            try await child.waitForOutput(containing: "\n")
            child.send(SIGKILL)
        }
        let workers = result.output.split(separator: " ").dropFirst().compactMap {
            Int32($0.trimmingCharacters(in: .newlines))
        }
        #expect(workers.count == 3, "\(result)")
        for worker in workers { #expect(await hasEnded(worker), "process \(worker) is still there") }
    }

    /// Whether a process ends within some seconds: the kernel takes its time.
    private func hasEnded(_ process: Int32) async -> Bool {
        for _ in 0..<500 {
            let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            if status.isEmpty || status.contains(") Z ") { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test(
        "A worker has the standard descriptors and what it shares with its pool; what it starts has neither that nor the variable"
    )
    func descriptors() async throws {
        let result = try await run("descriptors")
        let inherited = result.lines.dropLast().filter { !$0.contains("/proc/") }
        let expected = [
            "0 /dev/null", "1 ", "2 pipe:", "3 /memfd:pooltrace-requests", "4 /memfd:pooltrace-answers",
            "5 /memfd:pooltrace-ring",
        ]
        #expect(inherited.count == expected.count, "\(result)")
        for (found, wanted) in zip(inherited.sorted(), expected) { #expect(found.hasPrefix(wanted), "\(result)") }
        #expect(result.lines.last == "0 1 2 3 variable unset", "\(result)")
    }

    @Test(
        "Globals of main.swift are zero in a worker, and what is not a number ends it with a hint; other globals are as ever"
    )
    func globals() async throws {
        let result = try await run("globals")
        #expect(result.lines.prefix(2) == ["initialized on first use", "number 0"], "\(result)")
        #expect(result.output.contains("a task cannot use globals that are declared in main.swift"), "\(result)")
    }

    @Test(
        "Serial mode has the same values, paths and failures as processes have",
        arguments: ["serial", "serial:lifo", "serial:random", "serial:inline"])
    func serial(mode: String) async throws {
        let parallel = try await run("modes")
        #expect(parallel.lines.count == 8, "\(parallel)")
        #expect(parallel.lines.contains("[300, 301, 302, 303, 304]"), "\(parallel)")
        #expect(
            parallel.error.contains("main.9 \"unasked\" failed: process_cases.Broken: Broken(part: 8)"), "\(parallel)")
        for seed in mode == "serial:random" ? ["1", "2", "3"] : ["0"] {
            let serial = try await run("modes", environment: ["POOLTRACE_MODE": mode, "POOLTRACE_SEED": seed])
            #expect(serial.lines == parallel.lines, "seed \(seed): \(serial)")
            #expect(
                serial.error.contains("main.9 \"unasked\" failed: process_cases.Broken: Broken(part: 8)"), "\(serial)")
        }
    }

    @Test("The last events of a worker outlive it, in memory and in a directory")
    func lastEvents() async throws {
        let memory = try await run("deaths")
        #expect(memory.output.contains("its last events: task_start task="), "\(memory)")
        try await withTemporaryDirectory { folder in
            let stored = try await run("deaths", environment: ["POOLTRACE_TRACE": folder.path("trace")])
            #expect(stored.output.contains("its last events: task_start task="), "\(stored)")
        }
    }

    @Test("What workers record is in the one run of their pool's process: one timeline")
    func joined() async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await run("nested", environment: ["POOLTRACE_TRACE": trace])
            #expect(result.lines == ["6"], "\(result)")
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace, "--format", "json"])
            let runs = try JSONSerialization.jsonObject(with: Data(view.output.utf8)) as? [String: Any]
            #expect((runs?["runs"] as? [Any])?.count == 1, "\(view)")
            for path in ["main.1", "main.1.1[0]", "main.1.1[3]"] {
                #expect(view.output.contains("\"\(path)\""), "\(view)")
            }
        }
    }

    @Test("A snapshot of a process holds what its workers record into memory: one timeline")
    func snapshot() async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("now")
            try await Child.run(
                BuiltProduct.path("process-cases"), ["lasting"], environment: ["POOLTRACE_LTTNG": "off"]
            ) { child in
                try await child.waitForOutput(containing: "12\n")
                let copied = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["snapshot", "\(child.pid)", "-o", trace])
                #expect(copied.succeeded, "\(copied)")
                child.send(SIGKILL)
            }
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace, "--format", "json"])
            let runs = try JSONSerialization.jsonObject(with: Data(view.output.utf8)) as? [String: Any]
            #expect((runs?["runs"] as? [Any])?.count == 1, "\(view)")
            for path in ["main.1[0]", "main.1[0].1[3]", "main.1[1].1[0]"] {
                #expect(view.output.contains("\"\(path)\""), "\(view)")
            }
        }
    }
}
