import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A running child process: a test looks at what it has printed and sends it signals.
public final class Child: Sendable {
    /// The child's process number; it leads a session and process group of its own.
    public let pid: Int32
    /// The command line, for messages.
    public let command: String
    let output = ChildOutput()
    let error = ChildOutput()
    /// Whether it was killed because it took too long.
    private let overrun = Atomic<Bool>(false)

    init(pid: Int32, command: String) {
        self.pid = pid
        self.command = command
    }

    /// Sends the child a signal, and nobody else.
    public func send(_ signal: Int32) { kill(pid, signal) }

    /// Sends the child and all processes of its group a signal, as a terminal does at Ctrl-C.
    public func sendToGroup(_ signal: Int32) { kill(-pid, signal) }

    /// Waits until the child's standard output contains `text`; throws if it ends without having printed it.
    public func waitForOutput(containing text: String) async throws {
        guard await output.wait(for: Array(text.utf8)) else { throw missing("\"\(text)\"", "standard output") }
    }

    /// Waits until the child has printed at least `count` whole lines and returns all of them; throws if it ends
    /// before.
    public func standardOutputLines(atLeast count: Int) async throws -> [String] {
        guard await output.wait(where: { $0.count { $0 == UInt8(ascii: "\n") } >= count }) else {
            throw missing("\(count) lines", "standard output")
        }
        let whole = output.bytes.prefix(through: output.bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0)
        return String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits until the child's standard error contains `text`; throws if it ends without having printed it.
    public func waitForError(containing text: String) async throws {
        guard await error.wait(for: Array(text.utf8)) else { throw missing("\"\(text)\"", "standard error") }
    }

    private func missing(_ text: String, _ stream: String) -> TestSupportError {
        TestSupportError(
            "\(command) ended without \(text) in its \(stream)\n--- standard output\n"
                + String(decoding: output.bytes, as: UTF8.self) + "\n--- standard error\n"
                + String(decoding: error.bytes, as: UTF8.self))
    }
}

// MARK: - Running

extension Child {
    /// Runs a program to its end.
    ///
    /// The child gets this process's environment without our own variables (`POOLTRACE_...`), with Swift's crash
    /// handler off (its own child would hold the pipes for minutes) and with `environment` on top. It leads a session
    /// of its own; over its time limit the whole process group is killed and an error thrown that shows what was
    /// printed so far.
    ///
    /// - Parameters:
    ///   - program: A path, or a name that is looked up in PATH.
    ///   - arguments: Its arguments, without its own name.
    ///   - environment: Variables to set, or to remove where `nil`.
    ///   - folder: Where it runs; here, unless given.
    ///   - limit: The longest that it may take.
    ///   - body: Runs while the child does. The child is waited for when it returns, and killed when it throws.
    @discardableResult
    public static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], in folder: String? = nil,
        limit: Duration = .seconds(60), while body: @escaping @Sendable (Child) async throws -> Void = { _ in }
    ) async throws -> ChildResult {
        let command = ([program] + arguments).joined(separator: " ")
        var options = PlatformOptions()
        options.createSession = true
        let result = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: Self.environment(environment), workingDirectory: folder.map { FilePath($0) },
            platformOptions: options, input: .none, output: .sequence, error: .sequence
        ) { execution in
            let child = Child(pid: execution.processIdentifier.value, command: command)
            let (output, error) = (execution.standardOutput, execution.standardError)
            do {
                try await child.attend(output, error, limit: limit, body)
            } catch  where child.overrun.load(ordering: .relaxed) {
                // What follows from the killing is not what went wrong.
            } catch {
                child.sendToGroup(SIGKILL)
                throw error
            }
            return child
        }
        let child = result.closureResult
        let status: ChildResult.Status =
            switch result.terminationStatus {
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signalled(signal)
            }
        let done = ChildResult(
            command: command, status: status, outputBytes: child.output.bytes, errorBytes: child.error.bytes)
        if child.overrun.load(ordering: .relaxed) {
            throw TestSupportError("took longer than its limit of \(limit) and was killed: \(done)")
        }
        return done
    }

    /// Reads what the child prints, to the end, while `body` runs and the time limit lasts.
    private func attend(
        _ output: SubprocessOutputSequence, _ error: SubprocessOutputSequence, limit: Duration,
        _ body: @escaping @Sendable (Child) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.output.collect(output) }
            group.addTask { try await self.error.collect(error) }
            group.addTask { try await body(self) }
            group.addTask {
                try await Task.sleep(for: limit)
                self.overrun.store(true, ordering: .relaxed)
                self.sendToGroup(SIGKILL)
                throw CancellationError()
            }
            // The timer never ends well: after three the others have.
            for _ in 1...3 { try await group.next() }
            group.cancelAll()
        }
    }

    private static func environment(_ changes: [String: String?]) -> Environment {
        var updates: [Environment.Key: String?] = ["SWIFT_BACKTRACE": "enable=no"]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("POOLTRACE_") {
            updates[Environment.Key(stringLiteral: name)] = .some(nil)
        }
        for (name, value) in changes {
            updates[Environment.Key(stringLiteral: name)] = value
        }
        return .inherit.updating(updates)
    }
}
