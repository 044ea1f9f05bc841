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

    /// Looks whether a program could be started, before anything is done for it.
    ///
    /// - Throws: Why it could not.
    package static func check(_ program: String) throws(ProgramError) {
        guard !SystemProgram.canRun(program) else { return }
        throw ProgramError(program: program, code: SystemProgram.obstacle(to: program))
    }

    package var description: String {
        "cannot run \(TerminalText.escape(program)): \(String(cString: strerror(code)))"
    }
}
