import ArgumentParser
import PoolRecorder
import PoolTrace
import PoolTraceArguments

/// Prints the settings in force, one a line, then the order in which five tasks ran and the command that reports print.
@main
struct PoolOptionsProgram: ParsableCommand {
    @OptionGroup var pool: PoolOptions
    @Option var name = ""
    @Argument(parsing: .captureForPassthrough) var words: [String] = []

    func run() throws {
        let settings = Settings.current
        switch settings.mode {
        case .parallel: print("mode parallel")
        case .serial(let strategy): print("mode serial \(strategy)")
        }
        print("seed \(settings.seed)")
        print("only \(settings.only ?? "-")")
        print("trace \(settings.trace ?? "-")")
        let pool = try ThreadPool()
        print("workers \(pool.workers)")
        for number in 1...5 where settings.mode != .parallel {
            pool.execute { print("task \(number)") }
        }
        try pool.shutdown()
        print("command \(Recorder.command)")
    }
}
