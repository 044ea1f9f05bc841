internal import ArgumentParser
internal import Exploration

/// The statuses that the commands exit with; `ExitTable` says what each means.
enum CommandExit: Int32, CaseIterable {
    case success = 0
    /// The command found the opposite of what was hoped for, or could not do it.
    case failure = 1
    /// Tasks or runs failed; as `diff` has it, a trace cannot be read.
    case tasksFailed = 2
    /// A trace is corrupt; the readable rest was shown.
    case damaged = 3
    /// A run has a lint that `--deny` names.
    case denied = 4
    /// The command line is wrong; ArgumentParser exits with it.
    case usage = 64
    /// A program's tasks are not those of its schedule or of --only; it exits with it itself.
    case otherTasks = 65
    /// A program's async tasks wait for ever; it exits with it itself.
    case lostContinuations = 70
    /// pooltrace itself failed, so that the status is not the program's.
    case ownFailure = 125
    /// The program cannot be run; as shells have it.
    case cannotRun = 126
    /// The program is not there; as shells have it.
    case notFound = 127

    /// What a comparison that cannot be made exits with, as `diff` has it.
    static let trouble = tasksFailed

    /// Ends the command with this status.
    func end() throws {
        if self != .success { throw ExitCode(rawValue) }
    }
}

extension CommandExit {
    /// For a program that could not be started.
    init(_ error: ProgramError) { self = error.isMissing ? .notFound : .cannotRun }
}

extension ForegroundProgram.Status {
    /// That of a command which runs a program, but does not exit as it did.
    static func own(_ exit: CommandExit) -> Self { .exited(exit.rawValue) }
}
