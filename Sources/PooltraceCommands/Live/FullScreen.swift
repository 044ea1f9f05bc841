internal import ArgumentParser
internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import RingAccess
internal import TraceViews

/// What the full-screen view is told on the command line.
struct FullScreenOptions: ParsableArguments {
    @Flag(help: "Draw with ASCII characters only, in every locale.")
    var ascii = false
}

/// Starts the full-screen view of traces, or of a running process.
enum FullScreen {
    static func show(traces: [String], _ options: FullScreenOptions) throws {
        for trace in traces where access(trace, R_OK) != 0 {
            throw SystemError.last(trace)
        }
        try run(explorer(traces.joined(separator: " "), options)) { TraceReading.read(traces, to: $0) }
    }

    static func show(process: Int32, _ options: FullScreenOptions) throws {
        // Before the terminal is taken: what is wrong with the process is said as by any command.
        _ = try ProcessRings.of(process)
        try run(explorer("process \(process)", options)) { mailbox in
            do {
                var reading = LiveReading(process, try ProcessRings.of(process), to: mailbox)
                reading.run()
            } catch {
                var source = ViewedSource(name: "process \(process)")
                source.note = "\(error)"
                mailbox.post(source: source)
            }
        }
    }

    /// Shows the view.
    ///
    /// - Parameter read: Runs on a thread of its own, and posts what it reads.
    private static func run(_ explorer: TraceExplorer, _ read: @escaping @Sendable (ViewMailbox) -> Void) throws {
        let mailbox = ViewMailbox()
        // The thread ends with the process.
        try ScreenLoop.run(explorer, start: { _ = Threads(1) { read(mailbox) } }) { explorer in
            let letter = mailbox.take()
            if let source = letter.source { explorer.show(source) }
            if let runs = letter.runs { explorer.show(runs) }
            if let lints = letter.lints { explorer.show(lints) }
        }
    }

    /// Has the user choose one of several; returns its place, nil for none.
    static func choose(_ title: String, _ choices: [String], _ options: FullScreenOptions) throws -> Int? {
        let screen = Screen.standardOutput
        let list = ChoiceList(
            title: title, choices: choices, isUnicode: screen.isUnicode && !options.ascii, style: screen.style)
        return try ScreenLoop.run(list).chosen
    }

    private static func explorer(_ name: String, _ options: FullScreenOptions) -> TraceExplorer {
        let screen = Screen.standardOutput
        return TraceExplorer(name: name, isUnicode: screen.isUnicode && !options.ascii, style: screen.style)
    }
}
