internal import Glibc

/// What could not be done with a file, a directory or a process, and why: "path: reason".
public struct SystemError: Error, CustomStringConvertible {
    /// The file or directory, or the name of what else it is about: "process 4711", "standard output".
    public let path: String
    /// Why: what was expected and what was found, or the system's sentence.
    public let reason: String
    /// The system's error number; 0 where the system reported none.
    public let code: Int32

    /// An error that the system does not know of.
    public init(_ path: String, _ reason: String) {
        (self.path, self.reason, code) = (path, reason, 0)
    }

    /// An error of the system, with its sentence for it.
    public init(_ path: String, code: Int32) {
        (self.path, self.code) = (path, code)
        reason = String(cString: strerror(code))
    }

    /// The error of the system call that failed last.
    public static func last(_ path: String) -> SystemError { SystemError(path, code: errno) }

    /// "path: reason".
    public var description: String { "\(path): \(reason)" }
}
