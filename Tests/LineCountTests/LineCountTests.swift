import Foundation
import TestSupport
import Testing

/// The example of a long-running service, as a service manager runs it.
@Suite("linecountd")
struct LineCountTests {
    /// A connection to the service.
    private struct Connection: ~Copyable {
        private let file: UnsafeMutablePointer<FILE>

        init(path: String) throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let status = withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            guard status == 0, let file = fdopen(descriptor, "r+") else {
                throw TestSupportError("\(path): no connection: \(String(cString: strerror(errno)))")
            }
            self.file = file
        }

        deinit { fclose(file) }

        func ask(_ path: String) -> String {
            fputs(path + "\n", file)
            fflush(file)
            var line = [CChar](repeating: 0, count: 4096)
            guard fgets(&line, Int32(line.count), file) != nil else { return "" }
            return String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// Asks all on one connection, which is closed then.
    private static func talk(to socket: String, _ expected: [String: String]) throws {
        let connection = try Connection(path: socket)
        for (path, answer) in expected { #expect(connection.ask(path) == answer + "\n") }
    }

    @Test("It is ready, answers, and ends in order at SIGTERM, nothing left behind", arguments: ["parallel", "serial"])
    func service(mode: String) async throws {
        try await withTemporaryDirectory { folder in
            let receiver = try NotifyReceiver(folder.path("notify"))
            let socket = folder.path("socket")
            let counted = folder.path("three")
            try Data("one\ntwo\nthree\n".utf8).write(to: URL(fileURLWithPath: counted))
            let result = try await Child.run(
                BuiltProduct.path("linecountd"), [socket, "--grace", "600"],
                environment: ["NOTIFY_SOCKET": receiver.name, "POOLTRACE_MODE": mode, "POOLTRACE_LTTNG": "off"]
            ) { child in
                #expect(try await receiver.next() == "READY=1\nSTATUS=listening on \(socket)")
                let none = "/none: No such file or directory"
                try Self.talk(to: socket, [counted: "3", "/dev/null": "0", "/none": none])
                try Self.talk(to: socket, [counted: "3"])
                child.send(SIGTERM)
                #expect(try await receiver.next() == "STOPPING=1")
            }
            #expect(result.succeeded, "\(result)")
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test(
        "Its unit is one that systemd takes",
        .enabled(if: (try? InstalledProgram.path("systemd-analyze")) != nil, "systemd-analyze is not installed"))
    func unit() async throws {
        try await withTemporaryDirectory { folder in
            let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            let unit = try String(
                contentsOf: here.appending(path: "../../Sources/Examples/linecountd/linecountd.service"),
                encoding: .utf8)
            // The program where this build has put it.
            let built = unit.replacing("/usr/local/bin/linecountd", with: try BuiltProduct.path("linecountd"))
            #expect(built != unit)
            try Data(built.utf8).write(to: URL(fileURLWithPath: folder.path("linecountd.service")))
            let verify = ["verify", "--man=no", folder.path("linecountd.service")]
            let result = try await Child.run("systemd-analyze", verify)
            #expect(result.succeeded && !result.error.contains("linecountd"), "\(result)")
            let broken = built.replacing("Type=notify", with: "Type=notified")
            try Data(broken.utf8).write(to: URL(fileURLWithPath: folder.path("linecountd.service")))
            let refused = try await Child.run("systemd-analyze", verify)
            #expect(refused.error.contains("linecountd"), "the check finds mistakes: \(refused)")
        }
    }
}
