internal import ArgumentParser
internal import TraceAnalysis
internal import TraceViews

/// `pooltrace export`: runs in the formats of other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write runs for other programs: Perfetto, Chrome, CSV, JSON, SQLite, OpenTelemetry.",
        usage: "pooltrace export [<options>] --to <format> --output <file> <trace> ...",
        discussion: """
            perfetto  protocol buffers for ui.perfetto.dev: workers as threads, tasks and waits as slices, flows from submission to \
            start, counters of queued tasks and running workers, failures marked
            chrome    the same as JSON, for chrome://tracing, Perfetto, Speedscope
            csv       one table: tasks, waits, failures, marks, values, spans
            json      the document of `pooltrace view --format json`
            sqlite    a database; `.schema` describes its tables and views
            otlp      spans of OpenTelemetry, in OTLP's JSON

            All formats agree on every count. Times are nanoseconds; in chrome, microseconds with three decimals. \
            Text in a trace comes from the traced program; csv and json contain no control characters from it. The file cannot be in a directory that \
            has a trace, where it would be read as a part of the trace.

            EXAMPLES:
              pooltrace export --to perfetto runs/checker-1 -o checker.pftrace
              pooltrace export --to sqlite runs/checker-1 runs/checker-2 -o checker.db
              pooltrace export --to csv runs/checker-1 -o - | head
              pooltrace export --to otlp runs/checker-1 -o spans.json

            \(ExitTable.export)
            """)

    @OptionGroup var input: TraceInput

    @Option(help: "Output format.")
    var to: ExportFormat

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("File to write, replaced if it exists; - for standard output.", valueName: "file"),
        completion: .file())
    var output: String

    func validate() throws {
        if to == .sqlite, output == "-" {
            throw ValidationError("a database cannot be written to standard output; name a file with -o")
        }
    }

    func run() throws {
        let (runs, status) = try input.read()
        // What cannot be read at all is no document.
        if runs.isEmpty, status == .failure { try status.end() }
        if let stream = to.stream {
            try OutputFile.write(to: output) { sink in stream.write(runs, to: sink) }
        } else {
            try OutputFile.replace(output) { path in try SQLiteExport().write(runs, toFile: path) }
        }
        try status.end()
    }
}
