internal import CommandSystem
internal import Glibc
internal import PoolModel

/// A program that could not be started.
package struct ProgramError: Error, CustomStringConvertible {
    package let program: String
    /// The system's reason.
    package let code: Int32

    /// Whether the program is not there; otherwise it is, and cannot be run.
    package var isMissing: Bool { code == ENOENT }

    /// Checks that a program is there and may be run, before anything else is looked at.
    ///
    /// - Parameter program: A path, or a name that is looked up in PATH.
    package static func check(_ program: String) throws(ProgramError) {
        guard let path = SystemProgram.path(of: program), access(path, X_OK) == 0 else {
            throw ProgramError(program: program, code: SystemProgram.obstacle(to: program))
        }
    }

    package var description: String {
        "cannot run \(TerminalText.escape(program)): \(String(cString: strerror(code)))"
    }
}
