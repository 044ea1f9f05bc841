internal import ArgumentParser
internal import PoolModel
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace profile`: where the time of tasks went, by function.
struct ProfileCommand: ParsableCommand {
    /// In which form a profile is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, collapsed, speedscope, pprof
    }

    /// What the functions in text are of.
    enum Grouping: String, ExpressibleByArgument, CaseIterable {
        case function, name
    }

    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Show the functions in which tasks spent their time, on a processor or blocked.",
        usage: "pooltrace profile [<options>] <trace> ...",
        discussion: """
            Needs a run with samples: pooltrace run --sample -- COMMAND. Self is the time in the function itself, total includes what it calls. \
            Names and lines come from the program's files, which must still be those that ran. \
            With --blocked: the lines where tasks were blocked, for 10 ms or longer at a time, and what they waited for.

            collapsed   a line for each stack, in microseconds: flamegraph.pl, inferno
            speedscope  a file for www.speedscope.app
            pprof       a file for `go tool pprof`, with the label `task`; not compressed

            EXAMPLES:
              pooltrace run --sample --dir runs/checker-1 -- ./checker data
              pooltrace profile runs/checker-1
              pooltrace profile runs/checker-1 --blocked
              pooltrace profile runs/checker-1 --by name
              pooltrace profile runs/checker-1 --task main.3
              pooltrace profile runs/checker-1 --format collapsed | flamegraph.pl > flames.svg

            \(ExitTable.profile)
            """)

    @OptionGroup var input: TraceInput
    @OptionGroup(title: "Filters") var filters: TaskFilterOptions

    @Option(help: ArgumentHelp("Show only this task, such as main.3.", valueName: "path"))
    var task: String?

    @Flag(help: "Show where tasks were blocked, instead of the time on a processor.")
    var blocked = false

    @Option(help: "Show the functions of all tasks, or those of each task name.")
    var by = Grouping.function

    @Option(help: "Maximum number of functions in text.", transform: { try Quantity.number($0, in: 1...1_000_000) })
    var rows = 20

    @Option(
        help:
            "Output format: text, json (schema pooltrace.profile, version 1; times in nanoseconds), collapsed, speedscope, or pprof."
    )
    var format = Format.text

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("File to write, replaced if it exists; - for standard output.", valueName: "file"),
        completion: .file())
    var output = "-"

    func validate() throws {
        if let task, TaskPath(task) == nil {
            throw ValidationError(
                "'--task \(TerminalText.escape(task))': expected the path of a task, such as main.3.1 or main.2[17]")
        }
    }

    func run() throws {
        let (runs, status) = try input.read()
        if runs.isEmpty, status == .failure { try status.end() }
        let document = ProfileDocument(
            runs, aspect: blocked ? .blocked : .cpu, filter: try filters.filter(for: runs), task: task,
            isByName: by == .name, rows: rows)
        if format != .text, !document.hasSamples {
            StandardError.write("no samples: record the program with 'pooltrace run --sample'")
        }
        try OutputFile.write(to: output) { sink in
            switch format {
            case .text: document.writeText(on: .standardOutput, to: sink)
            case .json: document.writeJSON(to: sink)
            case .collapsed: document.writeCollapsed(to: sink)
            case .speedscope: document.writeSpeedscope(to: sink)
            case .pprof: document.writePprof(to: sink)
            }
        }
        try status.end()
    }
}
