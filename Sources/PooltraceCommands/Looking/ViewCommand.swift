internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace view`: a run at a glance.
struct ViewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "view",
        abstract: "Show a run: its workers on a timeline, how long tasks waited and ran, and why they failed.",
        usage: "pooltrace view [<options>] <trace> ...",
        discussion: """
            A row is a worker, a column a slice of time, its shade how busy the worker was in it. Tasks that have room are drawn \
            one by one, with their names. x marks a failed task, > one that has not ended.

            EXAMPLES:
              pooltrace view runs/checker-1
              pooltrace view -i runs/checker-1
              pooltrace view runs/checker-1 --from 1.5s --to 1.6s --worker 2
              pooltrace view runs/checker-1 --name 'parse*' --min-duration 20ms
              pooltrace view runs/checker-1 --failed --format json | jq .runs[].tasks
              pooltrace view runs/checker-1 --html checker.html

            \(ExitTable.view)
            """)

    @Argument(help: "Folders that hold traces: a ring, a snapshot, or an LTTng session.", completion: .directory)
    var traces: [String] = []

    @Flag(name: [.short, .long], help: "Look around in a full-screen view; ? shows its keys.")
    var interactive = false

    @Option(help: ArgumentHelp("Watch a running process in the full-screen view, as top does.", valueName: "number"))
    var pid: Int32?

    @OptionGroup var fullScreen: FullScreenOptions

    @OptionGroup var damage: DamageOptions

    @OptionGroup(title: "Filters") var filters: TaskFilterOptions
    @OptionGroup var lints: LintOptions

    @OptionGroup var frames: FrameOptions

    @Option(help: "How to write it: text, or json (schema pooltrace.view, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    @Option(
        help: ArgumentHelp(
            "Write it as a page of HTML that needs no network, with every task; - for standard output.",
            valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    func validate() throws {
        if let pid {
            guard pid > 0 else { throw ValidationError("expected the number of a process, found \(pid)") }
            guard traces.isEmpty else { throw ValidationError("'--pid' watches a process: it takes no trace.") }
        } else if traces.isEmpty {
            throw ValidationError("Missing expected argument '<traces> ...'")
        }
        guard html != nil else { return }
        if interactive || pid != nil { throw ValidationError("'--html' and the full-screen view exclude each other.") }
        if !filters.filter.isOpen { throw ValidationError("A page holds every task, and has filters of its own.") }
        if format != .text { throw ValidationError("'--html' and '--format' exclude each other.") }
    }

    func run() throws {
        if let pid { return try FullScreen.show(process: pid, fullScreen) }
        if interactive { return try FullScreen.show(traces: traces, fullScreen) }
        let (runs, status) = try TraceInput.read(traces, damage)
        if let html {
            if !runs.isEmpty { try OutputFile.write(to: html) { sink in PageView(runs).write(to: sink) } }
        } else {
            format.write(RunsDocument(runs, filter: filters.filter, frames: frames.frames))
        }
        try status.end()
        try lints.check(runs)
    }
}
