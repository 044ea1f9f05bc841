import CBench
import Foundation
import PoolTrace

/// The traced program of the rows that watch one: a pool of two workers with 100,000 tasks a second, each of a
/// microsecond, a hundred every millisecond.
///
/// It runs until it is killed or its standard input ends, each line of which is answered with how many tasks it has
/// submitted, and its processor time.
final class PacedRun {
    static let rate = 100_000
    private static let batch = 100

    private let process = Process()
    private let commands = Pipe()
    private let answers = Pipe()

    /// Starts one.
    init() throws {
        process.executableURL = URL(fileURLWithPath: RecordedRun.program)
        process.arguments = ["--paced-run"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["POOLTRACE_RING": "on", "POOLTRACE_LTTNG": "off"]) { $1 }
        process.standardInput = commands
        process.standardOutput = answers
        try process.run()
    }

    deinit {
        // A signal, and not the end of its input: other processes may have come by the pipe's other end.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    var number: Int32 { process.processIdentifier }

    /// How many tasks it has submitted, and its processor time in nanoseconds.
    func state() throws -> (tasks: UInt64, processorTime: UInt64) {
        try commands.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        let line = String(decoding: answers.fileHandleForReading.availableData, as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
        guard words.count == 2 else { throw BenchError("the watched program answered '\(line)'") }
        return (words[0], words[1])
    }

    /// What the started process does.
    static func run() throws {
        let pool = try ThreadPool(name: "paced", workers: 2)
        var tasks: UInt64 = 0
        var next = bench_monotonic()
        while true {
            for _ in 0..<batch {
                let number = tasks
                pool.execute { work(number) }
                tasks += 1
            }
            next += UInt64(batch) * 1_000_000_000 / UInt64(rate)
            let now = bench_monotonic()
            if next > now { usleep(UInt32((next - now) / 1000)) }
            var polled = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 0) > 0 else { continue }
            guard readLine() != nil else { break }
            FileHandle.standardOutput.write(Data("\(tasks) \(bench_cpu(false))\n".utf8))
        }
        pool.close()
        try pool.join()
        try pool.shutdown()
    }

    private static func work(_ number: UInt64) {
        let end = bench_cycles() + 2_500
        while bench_cycles() < end {}
        bench_count(number)
    }
}
