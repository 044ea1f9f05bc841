internal import ArgumentParser
internal import Glibc
internal import PoolModel
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
              pooltrace view runs/checker-1 --from 1.5s --to 1.6s --worker 2
              pooltrace view runs/checker-1 --name 'parse*' --min-duration 20ms
              pooltrace view runs/checker-1 --failed --format json | jq .runs[].tasks
              pooltrace view runs/checker-1 --html checker.html

            EXIT STATUS: 0; 1 if a trace cannot be read; 3 if one is damaged, after showing what is whole; 4 if a run has a \
            lint that --deny names; 64 for wrong usage.
            """)

    @OptionGroup var input: TraceInput
    @OptionGroup(title: "Filters") var filters: TaskFilterOptions
    @OptionGroup var lints: LintOptions

    @Option(help: "How to write it: text, or json (schema pooltrace.view, version 1; times in nanoseconds).")
    var format = OutputFormat.text

    @Option(
        help: ArgumentHelp(
            "Write it as a page of HTML that needs no network, with every task; - for standard output.",
            valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    func validate() throws {
        guard html != nil else { return }
        if !filters.filter.isOpen { throw ValidationError("A page holds every task, and has filters of its own.") }
        if format != .text { throw ValidationError("'--html' and '--format' exclude each other.") }
    }

    func run() throws {
        let (runs, status) = try input.read()
        if let html {
            if !runs.isEmpty { try OutputFile.write(to: html) { sink in PageView(runs).write(to: sink) } }
        } else {
            show(runs)
        }
        try status.end()
        try lints.check(runs)
    }

    private func show(_ runs: [Run]) {
        switch format {
        case .text:
            let screen = Screen.standardOutput
            for (position, run) in runs.enumerated() {
                if position > 0 { StandardOutput.write("\n") }
                StandardOutput.write(RunView(run, filter: filters.filter, screen: screen).text)
            }
        case .json:
            var json = RunsJSON(to: StandardOutput.write)
            json.view(runs, filter: filters.filter)
        }
    }
}

extension Screen {
    /// What standard output leads to.
    static var standardOutput: Screen {
        Screen(descriptor: STDOUT_FILENO) { name in getenv(name).map { String(cString: $0) } }
    }
}
