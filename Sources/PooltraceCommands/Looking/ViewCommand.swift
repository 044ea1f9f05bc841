internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace view`: a run at a glance.
struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Show a run: a timeline of its workers, wait and run times, and the failure reports.",
        usage: "pooltrace view [<options>] <trace> ...",
        discussion: """
            A row is a worker, a column a slice of time; the shade shows how busy the worker was. Tasks that are long enough are drawn \
            one by one, with their names. x marks a failed task, > a task that has not ended.

            EXAMPLES:
              pooltrace view runs/checker-1
              pooltrace view -i runs/checker-1
              pooltrace view runs/checker-1 --from 1.5s --to 1.6s --worker 2
              pooltrace view runs/checker-1 --name 'parse*' --min-duration 20ms
              pooltrace view runs/checker-1 --failed --format json | jq .runs[].tasks
              pooltrace view runs/checker-1 --html checker.html

            \(ExitTable.view)
            """)

    @Argument(help: "Directories with traces: a run, a snapshot, or an LTTng session.", completion: .directory)
    var traces: [String] = []

    @Flag(name: [.short, .long], help: "Open the full-screen view; ? shows its keys.")
    var interactive = false

    @Option(help: ArgumentHelp("Watch a running process in the full-screen view, as top does.", valueName: "pid"))
    var pid: Int32?

    @OptionGroup var fullScreen: FullScreenOptions

    @OptionGroup var damage: DamageOptions

    @OptionGroup(title: "Filters") var filters: TaskFilterOptions
    @OptionGroup var lints: LintOptions

    @OptionGroup var frames: FrameOptions

    @Option(help: "Output format: text, or json (schema pooltrace.view, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    @Option(
        help: ArgumentHelp(
            "Write one HTML page with every task, which needs no network; - for standard output.",
            valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    func validate() throws {
        if let pid {
            guard pid > 0 else { throw ValidationError("invalid process ID: \(pid)") }
            guard traces.isEmpty else { throw ValidationError("'--pid' cannot be combined with a trace") }
        } else if traces.isEmpty {
            throw ValidationError("Missing expected argument '<traces> ...'")
        }
        guard html != nil else { return }
        if interactive || pid != nil {
            throw ValidationError("'--html' and the full-screen view are mutually exclusive")
        }
        if !filters.filter.isOpen {
            throw ValidationError("filters cannot be combined with '--html'; the page has its own")
        }
        if format != .text { throw ValidationError("'--html' and '--format' are mutually exclusive") }
    }

    func run() throws {
        if let pid { return try FullScreen.show(process: pid, fullScreen) }
        if interactive { return try FullScreen.show(traces: traces, fullScreen) }
        let (runs, status) = try TraceInput.read(traces, damage)
        if let html {
            if !runs.isEmpty { try OutputFile.write(to: html) { sink in PageView(runs).write(to: sink) } }
        } else {
            format.write(RunsDocument(runs, filter: try filters.filter(for: runs), frames: frames.frames))
        }
        try status.end()
        try lints.check(runs)
    }
}
