import ArgumentParser
import PoolTrace
import PoolTraceArguments

/// A long-running service: it counts the lines of files for clients of a socket, and ends in order when it is
/// told to.
@main
struct LineCountD: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "linecountd",
        abstract: "Count lines of files for clients of a socket: a path per line, answered by a number per line.")

    @Argument(help: "Path of the socket to create.")
    var socket: String

    @Option(
        help: ArgumentHelp("Time limit for open requests after SIGTERM (default: 5s).", valueName: "time"),
        transform: { try Quantity.duration($0, in: .zero ... .seconds(24 * 3600)) })
    var grace = Duration.seconds(5)

    @OptionGroup(title: "Pool")
    var pool: PoolOptions

    func run() throws {
        try SignalPolicy.run(grace: grace) {
            let pool = try ThreadPool(name: "requests")
            let listener = try Listener(path: socket)
            defer { listener.remove() }
            // A daemon thread: nothing waits for it when the service ends.
            let thread = TracedThread(name: "listener", isDaemon: true) { try listener.serve(on: pool) }
            try thread.start()
            // Without its listener the service is of no use, and is to be started anew.
            try ServiceManager.ready(status: "listening on \(socket)", isAlive: { thread.isAlive })
            SignalPolicy.waitForSignal()
            try pool.shutdown()
        }
    }
}
