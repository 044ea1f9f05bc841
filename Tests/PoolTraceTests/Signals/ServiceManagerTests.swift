import Foundation
import PoolTrace
import TestSupport
import Testing

@Suite("ServiceManager")
struct ServiceManagerTests {
    private func serve(
        _ environment: [String: String?], while body: @escaping @Sendable (Child) async throws -> Void
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("thread-cases"), ["service"],
            environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { own, _ in own }, while: body)
    }

    @Test("The manager is told that the service is ready, that it lives, and that it stops", arguments: [false, true])
    func notifications(isAbstract: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let receiver = try NotifyReceiver(isAbstract ? "@pooltrace-test-\(UUID().uuidString)" : folder.path("n"))
            let variables = ["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": nil]
            let result = try await serve(variables) { child in
                #expect(try await receiver.next() == "READY=1\nSTATUS=up and running")
                for _ in 0..<3 { #expect(try await receiver.next() == "WATCHDOG=1") }
                try await child.waitForOutput(containing: "ready true")
                child.send(SIGTERM)
                // Signs of life go on until the end.
                var others: [String] = []
                while others.count < 2 {
                    let next = try await receiver.next()
                    if next != "WATCHDOG=1" { others.append(next) }
                }
                #expect(others == ["STOPPING=1", "STATUS=going"])
            }
            #expect(result.succeeded, "\(result)")
        }
    }

    @Test("Without a manager nothing is told, and the program is the same")
    func absent() async throws {
        let result = try await serve(["NOTIFY_SOCKET": nil, "WATCHDOG_USEC": nil]) { child in
            try await child.waitForOutput(containing: "ready false")
            child.send(SIGTERM)
        }
        #expect(result.succeeded, "\(result)")
    }

    @Test(
        "A socket that is none is an error that names it",
        arguments: [
            ("nowhere", "expected an absolute path, or an abstract name after @"),
            ("/", "expected an absolute path, or an abstract name after @"),
            ("/tmp/pooltrace/no such/socket", "the notification was not sent: No such file or directory"),
            ("/" + String(repeating: "a", count: 107), "a socket's name has at most 107 bytes"),
        ])
    func noSocket(name: String, sentence: String) async throws {
        let result = try await serve(["NOTIFY_SOCKET": name]) { _ in }
        #expect(!result.succeeded)
        #expect(result.error.contains("NOTIFY_SOCKET=\(name): \(sentence)"), "\(result)")
    }

    @Test("Signs of life are expected of the process that the manager names, at a time that means something")
    func environment() {
        func read(_ variables: [String: String]) -> Duration? {
            ServiceEnvironment(process: 17) { variables[$0] }.watchdog
        }
        #expect(read(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(read(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "17"]) == .seconds(30))
        for other in ["18", "x", "99999999999"] {
            #expect(read(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": other]) == nil, "\(other)")
        }
        for time in ["", "0", "-5", "soon", "99999999999999999999"] {
            #expect(read(["WATCHDOG_USEC": time]) == nil, "\(time)")
        }
        #expect(ServiceEnvironment(process: 17) { _ in "" }.socket == nil)
    }
}
