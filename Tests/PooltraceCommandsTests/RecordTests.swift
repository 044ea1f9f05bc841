import Foundation
import TestSupport
import Testing

@Suite("pooltrace record")
struct RecordTests {
    /// A program that ends in some way, and what is to come of it.
    struct Ending: Sendable, CustomTestStringConvertible {
        let program: String
        var signal: Int32?
        let status: Int32
        var says: [String] = []
        var testDescription: String { signal.map { "\(program), signal \($0)" } ?? program }
    }

    static let endings = [
        Ending(program: "succeed", status: 0),
        Ending(
            program: "fail", status: 1, says: ["failed: pool_program.Unreadable", "2 tasks failed; reported above"]),
        Ending(
            program: "crash", status: 128 + SIGILL,
            says: ["killed by signal 4", "task main.2 \"stop\" failed: SIGILL: ", "task main.1 \"check\" failed"]),
        Ending(program: "wait", signal: SIGINT, status: 128 + SIGINT, says: ["it was running main.1 \"wait\""]),
        Ending(program: "wait", signal: SIGTERM, status: 128 + SIGTERM, says: ["it was running main.1 \"wait\""]),
    ]

    @Test("leaves no session with a daemon that runs, and the trace holds what the pool did", arguments: endings)
    func noSessionStays(ending: Ending) async throws {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        try await PrivateSessionDaemon.with { daemon in
            let trace = "\(daemon.home)/trace"
            let result = try await daemon.run(
                command, ["record", "--output", trace, "--", program, ending.program]
            ) { try await ending.send(to: $0) }
            try await ending.check(result, trace: trace)
            let sessions = try await daemon.lttng("list")
            #expect(!sessions.contains("pooltrace-"), "\(sessions)")
        }
    }

    @Test("starts a daemon where none runs, and leaves no process", arguments: endings)
    func noDaemonStays(ending: Ending) async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await Self.recordWithoutDaemon(ending, trace: trace, home: folder.path) {
                try await ending.send(to: $0)
            }
            try await ending.check(result, trace: trace)
            try await Self.expectNoProcess(marked: folder.path)
        }
    }

    @Test("ends its own daemon also when it is killed itself")
    func killedWithItsDaemon() async throws {
        let waiting = Ending(program: "wait", status: 0)
        try await withTemporaryDirectory { folder in
            let result = try await Self.recordWithoutDaemon(waiting, trace: folder.path("trace"), home: folder.path) {
                try await $0.waitForOutput(containing: "waiting")
                $0.sendToGroup(SIGKILL)
            }
            #expect(result.status == .signalled(SIGKILL), "\(result)")
            try await Self.expectNoProcess(marked: folder.path)
        }
    }

    @Test("removes the session that a killed one left, and leaves others alone")
    func staleSession() async throws {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        try await PrivateSessionDaemon.with { daemon in
            try await daemon.lttng("create", "pooltrace-of-somebody", "--output=\(daemon.home)/other")
            let killed = try await daemon.run(
                command, ["record", "--output", "\(daemon.home)/killed", "--", program, "wait"]
            ) { child in
                try await child.waitForOutput(containing: "waiting")
                child.sendToGroup(SIGKILL)
            }
            #expect(killed.status == .signalled(SIGKILL), "\(killed)")
            let left = try await daemon.lttng("list")
            #expect(left.contains(/pooltrace-\d+-\d+/), "\(left)")

            let next = try await daemon.run(
                command, ["record", "--output", "\(daemon.home)/next", "--", program, "succeed"])
            #expect(next.succeeded && next.error.contains("whose owner had died"), "\(next)")
            let sessions = try await daemon.lttng("list")
            #expect(!sessions.contains(/pooltrace-\d+-\d+/), "\(sessions)")
            #expect(sessions.contains("pooltrace-of-somebody"), "\(sessions)")
        }
    }

    // MARK: - Without a daemon

    /// Runs in a place where no session daemon can be seen, whatever the machine runs; all processes carry `home` in
    /// their environment.
    private static func recordWithoutDaemon(
        _ ending: Ending, trace: String, home: String, while body: @escaping @Sendable (Child) async throws -> Void
    ) async throws -> ChildResult {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        let record = [command, "record", "--output", trace, "--", program, ending.program]
        let hidden = "mkdir -p /run/lttng && mount -t tmpfs none /run/lttng && exec \"$@\""
        let words = geteuid() == 0 ? ["unshare", "--mount", "/bin/sh", "-c", hidden, "sh"] + record : record
        let environment = ["HOME": home, "LTTNG_HOME": home, "POOLTRACE_TEST_MARK": home]
        return try await Child.run(words[0], Array(words.dropFirst()), environment: environment, while: body)
    }

    /// LTTng's consumer ends shortly after the daemon has.
    private static func expectNoProcess(marked mark: String) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while case let processes = marked(mark), !processes.isEmpty {
            guard ContinuousClock.now < deadline else {
                Issue.record("still there: \(processes)")
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func marked(_ mark: String) -> [String] {
        let mark = Data("POOLTRACE_TEST_MARK=\(mark)\0".utf8)
        let processes =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int32($0) != nil } ?? []
        return processes.filter { process in
            let environment = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/environ"))
            return environment?.range(of: mark) != nil
        }.map { process in
            let command = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
            return "\(process) \(command.replacing("\0", with: " "))"
        }
    }
}

extension RecordTests.Ending {
    func send(to child: Child) async throws {
        guard let signal else { return }
        try await child.waitForOutput(containing: "waiting")
        child.send(signal)
    }

    func check(_ result: ChildResult, trace: String) async throws {
        #expect(result.status == .exited(status), "\(result)")
        for sentence in says { #expect(result.error.contains(sentence), "\(result)") }
        #expect(result.error.contains("pooltrace view \(trace)\n"), "\(result)")
        let events = try await Babeltrace.events(of: trace)
        for event in ["process_start", "pool_start", "task_submit", "task_start"] {
            #expect(
                events.contains { $0.contains(" pooltrace:\(event): ") },
                "\(event) in \(events.joined(separator: "\n"))")
        }
        #expect(events.allSatisfy { $0.contains("procname = ") && $0.contains("vpid = ") && $0.contains("vtid = ") })
    }
}
