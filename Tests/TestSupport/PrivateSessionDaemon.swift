import Foundation
import Synchronization

/// An LTTng session daemon of a test's own, with its sessions and nobody else's.
///
/// As root it gets a mount namespace in which `/run/lttng` is an empty file system; as another user a folder as
/// `LTTNG_HOME`. Whatever is run through `run` sees that daemon alone. A shell stands between the test and the daemon
/// and waits at a pipe: when the test ends it, and also when the test's process dies, the pipe closes and the daemon is
/// ended by its process number.
public final class PrivateSessionDaemon: Sendable {
    /// The daemon's process number.
    public let pid: Int32
    /// The folder in which LTTng keeps what belongs to a user.
    public let home: String
    /// Variables that point a program at the daemon.
    public var environment: [String: String?] {
        ["LTTNG_HOME": home, "HOME": home, "LTTNG_UST_REGISTER_TIMEOUT": "5000"]
    }

    private init(pid: Int32, home: String) {
        self.pid = pid
        self.home = home
    }

    /// Starts a daemon, runs `body`, and ends the daemon, however `body` ends.
    ///
    /// - Parameters:
    ///   - limit: The longest that the daemon may live.
    ///   - body: Uses the daemon.
    public static func with(
        limit: Duration = .seconds(120), _ body: @escaping @Sendable (PrivateSessionDaemon) async throws -> Void
    ) async throws {
        let daemon = try InstalledProgram.path("lttng-sessiond")
        _ = try InstalledProgram.path("lttng")
        try await withTemporaryDirectory { home in
            let pipe = try home.fifo("end")
            defer { pipe.close() }
            let program = geteuid() == 0 ? "unshare" : "/bin/sh"
            let arguments = geteuid() == 0 ? ["--mount", "/bin/sh"] : []
            let path = home.path
            let failure = Mutex<(any Error)?>(nil)
            try await Child.run(
                program, arguments + ["-c", Self.script, "sh", daemon, pipe.path],
                environment: ["LTTNG_HOME": path, "HOME": path], limit: limit
            ) { child in
                // Ended by closing the pipe, also when the body throws, so that the shell ends the daemon and waits for
                // it.
                defer { pipe.close() }
                try await child.waitForOutput(containing: "\n")
                let line = String(decoding: child.output.bytes, as: UTF8.self)
                guard let pid = Int32(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                    throw TestSupportError("the session daemon's shell printed \"\(line)\", not a process number")
                }
                let daemon = PrivateSessionDaemon(pid: pid, home: path)
                do {
                    try await daemon.waitUntilReady()
                    try await body(daemon)
                } catch {
                    failure.withLock { $0 = error }
                }
            }.requireSuccess()
            if let failure = failure.withLock({ $0 }) { throw failure }
        }
    }

    /// Runs a program that sees this daemon alone; the parameters are those of `Child.run`.
    @discardableResult
    public func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], in folder: String? = nil,
        limit: Duration = .seconds(60), while body: @escaping @Sendable (Child) async throws -> Void = { _ in }
    ) async throws -> ChildResult {
        let inside = geteuid() == 0
        return try await Child.run(
            inside ? "nsenter" : program,
            inside ? ["--mount=/proc/\(pid)/ns/mnt", "--wd=\(folder ?? ".")", program] + arguments : arguments,
            environment: self.environment.merging(environment) { $1 }, in: folder, limit: limit, while: body)
    }

    /// Runs the `lttng` command against this daemon and returns its output; throws if it fails.
    @discardableResult
    public func lttng(_ arguments: String...) async throws -> String {
        try await run("lttng", ["--no-sessiond"] + arguments).requireSuccess().output
    }

    /// There is no signal to wait for: the daemon answers once its socket does.
    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while case let listing = try await run("lttng", ["--no-sessiond", "list"]), !listing.succeeded {
            guard ContinuousClock.now < deadline else {
                let log = (try? String(contentsOfFile: "\(home)/sessiond.log", encoding: .utf8)) ?? ""
                throw TestSupportError("the private session daemon does not answer: \(listing)\n\(log)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Arguments: the daemon, and the pipe whose end of file is the sign to end it.
    private static let script = """
        if [ "$(id -u)" = 0 ]; then mkdir -p /run/lttng && mount -t tmpfs -o mode=0755 pooltrace-test /run/lttng || exit; fi
        "$1" --no-kernel >/dev/null 2>"$HOME/sessiond.log" </dev/null &
        daemon=$!
        echo "$daemon"
        cat "$2" >/dev/null
        kill "$daemon" && wait "$daemon"
        """
}
