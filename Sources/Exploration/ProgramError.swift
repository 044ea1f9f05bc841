internal import Glibc
internal import PoolModel

/// A program that could not be started.
package struct ProgramError: Error, CustomStringConvertible {
    package let program: String
    /// The system's reason.
    package let code: Int32

    /// Whether the program is not there; otherwise it is, and cannot be run.
    package var isMissing: Bool { code == ENOENT }

    package var description: String {
        "cannot run \(TerminalText.escape(program)): \(String(cString: strerror(code)))"
    }
}
