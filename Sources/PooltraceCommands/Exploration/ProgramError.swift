import Glibc
import PoolModel

/// A program that could not be started.
struct ProgramError: Error, CustomStringConvertible {
    let program: String
    /// The system's reason.
    let code: Int32

    /// As shells have it: 127 for a program that is not there, 126 for one that cannot be run.
    var exitCode: Int32 { code == ENOENT ? 127 : 126 }

    var description: String {
        "cannot run \(TerminalText.escape(program)): \(String(cString: strerror(code)))"
    }
}
