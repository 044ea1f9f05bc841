internal import ArgumentParser
internal import PoolModel
internal import TraceViews

/// `pooltrace doctor`: whether this machine is set up correctly.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check that this machine is set up correctly, and print a command to type for each problem.",
        usage: "pooltrace doctor [<options>]",
        discussion: """
            Checks LTTng (its session daemon, permissions, sessions whose owner has died), pooltrace's own libraries, \
            the limits of the kernel and the shell, the terminal, and the directory in which runs are kept. It changes nothing, except with \
            --prune, which removes old runs from that directory: those with a name made by pooltrace, of this user, whose process has ended.

            EXAMPLES:
              pooltrace doctor
              pooltrace doctor --format json | jq '.checks[] | select(.status != "ok")'
              pooltrace doctor --prune --days 7 --dry-run

            \(ExitTable.doctor)
            """)

    @Option(help: "Output format: text, or json (schema pooltrace.doctor, version 1).")
    var format = OutputFormat.text

    @Flag(help: "Remove old runs below $XDG_STATE_HOME/pooltrace (~/.local/state/pooltrace), and list them.")
    var prune = false

    @Option(
        help: ArgumentHelp("Age in days from which a run is old (default: 30).", valueName: "number"),
        transform: { try Quantity.number($0, in: 0...100_000) })
    var days = 30

    @Flag(help: "With --prune: only list the old runs.")
    var dryRun = false

    func validate() throws {
        if dryRun, !prune { throw ValidationError("'--dry-run' requires '--prune'") }
        if prune, format != .text { throw ValidationError("'--prune' cannot be combined with '--format json'") }
    }

    func run() async throws {
        if prune { return try removeOldRuns() }
        let findings =
            await LTTngCheckup.findings() + LibraryCheckup.findings() + KernelCheckup.findings()
            + TerminalCheckup.findings() + RunFolderCheckup.findings(days: days)
        let report = FindingsDocument(findings)
        format.write(report)
        try (report.worst == .error ? CommandExit.failure : .success).end()
    }

    private func removeOldRuns() throws {
        let runs = RecordedRun.old(in: TraceDirectory.defaultFolder, days: days)
        for run in runs {
            StandardOutput.write("\(TerminalText.escape(run.path))  \(run.days) days  \(SizeText.of(run.size))\n")
        }
        if !dryRun {
            for run in runs { run.remove() }
        }
        let count = Counted.text(runs.count, "run")
        let size = SizeText.of(runs.reduce(0) { $0 &+ $1.size })
        StandardOutput.write("\(dryRun ? "to be removed" : "removed"): \(count), \(size)\n")
    }
}
