/// How a child process ended, and what it printed.
public struct ChildResult: Sendable, CustomStringConvertible {
    /// How a process ended.
    public enum Status: Sendable, Hashable {
        /// It exited with this status.
        case exited(Int32)
        /// This signal ended it.
        case signalled(Int32)
    }

    /// The command line, for messages.
    public let command: String
    /// How it ended.
    public let status: Status
    /// The bytes of its standard output.
    public let outputBytes: [UInt8]
    /// The bytes of its standard error.
    public let errorBytes: [UInt8]

    /// Its standard output as text.
    public var output: String { String(decoding: outputBytes, as: UTF8.self) }
    /// Its standard error as text.
    public var error: String { String(decoding: errorBytes, as: UTF8.self) }
    /// Whether it exited with status 0.
    public var succeeded: Bool { status == .exited(0) }
    /// The lines of its standard output.
    public var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }

    /// Everything known of it, for a test's message.
    public var description: String {
        "\(command): \(status)\n--- standard output\n\(output)\n--- standard error\n\(error)"
    }

    /// Throws unless it exited with status 0; returns itself.
    @discardableResult
    public func requireSuccess() throws -> ChildResult {
        guard succeeded else { throw TestSupportError(description) }
        return self
    }
}
