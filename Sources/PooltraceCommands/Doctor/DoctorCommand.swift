internal import ArgumentParser
internal import PoolModel
internal import TraceViews

/// `pooltrace doctor`: what on this machine is in the way.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check what recording needs on this machine, and say what to type where something is missing.",
        usage: "pooltrace doctor [<options>]",
        discussion: """
            Looks at LTTng (its session daemon, permissions, sessions that nobody owns any more), at pooltrace's own libraries, \
            the limits of the kernel and the shell, the terminal, and the folder in which runs are kept. Nothing is changed, but with \
            --prune, which removes old runs from that folder: those that pooltrace named itself, of this user, whose process has ended.

            EXAMPLES:
              pooltrace doctor
              pooltrace doctor --format json | jq '.checks[] | select(.status != "ok")'
              pooltrace doctor --prune --days 7 --dry-run

            \(ExitTable.doctor)
            """)

    @Option(help: "How to write it: text, or json (schema pooltrace.doctor, version 1).")
    var format = OutputFormat.text

    @Flag(help: "List the old runs below $XDG_STATE_HOME/pooltrace (~/.local/state/pooltrace), and remove them.")
    var prune = false

    @Option(
        help: ArgumentHelp("After how many days a run is called old (default: 30).", valueName: "number"),
        transform: { try Quantity.number($0, in: 0...100_000) })
    var days = 30

    @Flag(help: "With --prune: list only.")
    var dryRun = false

    func validate() throws {
        if dryRun, !prune { throw ValidationError("'--dry-run' is for --prune") }
        if prune, format != .text { throw ValidationError("'--prune' writes text only") }
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
