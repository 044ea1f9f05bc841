internal import Glibc

/// Why a system call failed on a file.
package struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The file, or what else the call was about.
    package let path: String
    /// The system's error number.
    package let number: Int32

    package init(_ path: String, _ number: Int32) { (self.path, self.number) = (path, number) }

    /// `runs/7: Permission denied`.
    package var description: String { "\(path): \(Self.reason(number))" }

    /// What an error number means, in the system's words.
    package static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
