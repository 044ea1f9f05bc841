internal import ArgumentParser
internal import Glibc
internal import PoolModel
internal import TraceViews

/// What the full-screen view is told on the command line.
struct FullScreenOptions: ParsableArguments {
    @Flag(help: "Draw with ASCII only, whatever the locale says.")
    var ascii = false
}

/// Starts the full-screen view of traces, or of a running process.
enum FullScreen {
    static func show(traces: [String], _ options: FullScreenOptions) throws {
        for trace in traces where access(trace, R_OK) != 0 {
            throw RingError(trace, String(cString: strerror(errno)))
        }
        try ExplorerLoop.run(explorer(traces.joined(separator: " "), options)) { TraceReading.read(traces, to: $0) }
    }

    static func show(process: Int32, _ options: FullScreenOptions) throws {
        // Before the terminal is taken: what is wrong with the process is said as by any command.
        _ = try LiveLook.rings(of: process)
        try ExplorerLoop.run(explorer("process \(process)", options)) { mailbox in
            do {
                LiveReading.read(process, try LiveLook.rings(of: process), to: mailbox)
            } catch {
                var source = ViewedSource(name: "process \(process)")
                source.note = "\(error)"
                mailbox.post(source: source)
            }
        }
    }

    private static func explorer(_ name: String, _ options: FullScreenOptions) -> TraceExplorer {
        let screen = Screen.standardOutput
        return TraceExplorer(name: name, isUnicode: screen.isUnicode && !options.ascii, style: screen.style)
    }
}
