import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("What the tests of sessions stand on")
struct PrivateSessionDaemonTests {
    @Test("Two private session daemons do not see each other's sessions, and are gone afterwards")
    func daemonsArePrivate() async throws {
        let pids = Mutex<[Int32]>([])
        try await PrivateSessionDaemon.with { first in
            try await PrivateSessionDaemon.with { second in
                pids.withLock { $0 = [first.pid, second.pid] }
                try await first.lttng("create", "one", "--output=\(first.home)/one")
                try await second.lttng("create", "two", "--output=\(second.home)/two")
                let (ones, twos) = (try await first.lttng("list"), try await second.lttng("list"))
                #expect(ones.contains("one [") && !ones.contains("two ["), "\(ones)")
                #expect(twos.contains("two [") && !twos.contains("one ["), "\(twos)")
            }
        }
        for pid in pids.withLock({ $0 }) {
            #expect(kill(pid, 0) != 0, "the daemon \(pid) is still there")
        }
        #expect(pids.withLock { $0.count } == 2)
    }

    @Test("A private session daemon is ended when the test that uses it fails")
    func daemonEndsWithFailingTest() async throws {
        struct Expected: Error {}
        let pid = Mutex<Int32>(0)
        await #expect(throws: Expected.self) {
            try await PrivateSessionDaemon.with { daemon in
                pid.withLock { $0 = daemon.pid }
                throw Expected()
            }
        }
        #expect(pid.withLock { kill($0, 0) } != 0)
    }

    @Test("A child's status, output and signals arrive, and its variables are its own")
    func childResults() async throws {
        let exited = try await Child.run("sh", ["-c", "echo out; echo err >&2; exit 3"])
        #expect(exited.status == .exited(3) && exited.output == "out\n" && exited.error == "err\n", "\(exited)")
        let ended = try await Child.run(
            "sh", ["-c", "echo $X; read x <&-; exec sleep 100"], environment: ["X": "ready"]
        ) {
            try await $0.waitForOutput(containing: "ready")
            $0.send(SIGINT)
        }
        #expect(ended.status == .signalled(SIGINT), "\(ended)")
    }

    @Test("A child over its time limit is killed with its own children, and what it printed is shown")
    func timeLimit() async throws {
        let error = await #expect(throws: TestSupportError.self) {
            try await Child.run("sh", ["-c", "echo before; sleep 100 & wait"], limit: .milliseconds(300))
        }
        let text = try #require(error).description
        #expect(text.contains("limit of 0.3 seconds") && text.contains("before"), "\(text)")
    }
}
