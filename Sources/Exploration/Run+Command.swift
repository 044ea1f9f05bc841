internal import PoolModel
package import PoolSchedule
package import TraceAnalysis

extension Run {
    /// How the command of this run differs from that of a recorded one, which it is to do again: a sentence that is
    /// escaped for terminals; `nil` if it has the same arguments and workers.
    ///
    /// Where the program itself is does not matter.
    package func otherCommand(than recorded: Run) -> String? {
        guard let own = process, let other = recorded.process else { return nil }
        return otherCommand(than: other.arguments, of: "the recorded run")
            ?? (own.workers == other.workers
                ? nil
                : "the recorded run had \(Self.option(other.workers)), and this one has \(Self.option(own.workers))")
    }

    /// The same for the command that a schedule was made with, which says nothing of workers.
    package func otherCommand(than schedule: Schedule) -> String? {
        otherCommand(than: schedule.program.command, of: "the run that the schedule is from")
    }

    private func otherCommand(than recorded: String, of what: String) -> String? {
        guard let own = process?.arguments, !recorded.isEmpty, !own.isEmpty,
            ShellWord.arguments(of: own) != ShellWord.arguments(of: recorded)
        else { return nil }
        return "\(what) had other arguments: it was '\(TerminalText.escape(recorded))', and this one is "
            + "'\(TerminalText.escape(own))'"
    }

    private static func option(_ workers: UInt32) -> String { workers == 0 ? "no --workers" : "--workers \(workers)" }
}
