internal import ArgumentParser

/// The statuses that the commands exit with, as their help says; usage errors exit 64.
enum CommandExit: Int32 {
    case success = 0
    /// A trace could not be read at all, or the output not be written.
    case failure = 1
    /// Tasks failed (`pooltrace failures`).
    case tasksFailed = 2
    /// A trace is damaged: what was whole was shown.
    case damaged = 3
    /// A run has a lint that `--deny` names.
    case denied = 4

    /// Ends the command with this status.
    func end() throws {
        if self != .success { throw ExitCode(rawValue) }
    }
}
