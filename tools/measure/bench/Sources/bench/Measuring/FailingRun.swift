import CBench
import Dispatch
import Foundation
import PoolTrace

/// A program of its own whose tasks fail, one after the other on one worker: its first failure is the process's first.
///
/// After each failing task comes one that takes the time. What lies between a throw and that is the catch, the end of
/// the task, what the failure costs its worker, and the start of the next task.
enum FailingRun {
    /// How many of its tasks fail: few enough that each failure is described in full.
    private static let count = 200

    /// Nanoseconds from a throw to the start of the next task.
    struct Times {
        let first: Double
        /// The median of the others.
        let later: Double
    }

    /// Runs the program as a child.
    ///
    /// - Parameter caught: Whether the tasks catch what they throw, and succeed.
    static func times(caught: Bool) throws -> Times {
        let answers = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: RecordedRun.program)
        process.arguments = ["--failing-run", caught ? "caught" : "failed"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["POOLTRACE_RING": "on", "POOLTRACE_LTTNG": "off"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = answers
        try process.run()
        let line = String(decoding: answers.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let words = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard words.count == 2 else { throw BenchError("the failing program answered '\(line)'") }
        return Times(first: words[0], later: words[1])
    }

    // MARK: In the child

    private struct Odd: Error {
        let number: Int
    }

    /// Each written by one task, and read after all have ended.
    private final class Stamps: @unchecked Sendable {
        var thrown = [UInt64](repeating: 0, count: count)
        var next = [UInt64](repeating: 0, count: count)
    }

    @inline(never)
    private static func fail(_ number: Int, _ stamps: Stamps) throws {
        stamps.thrown[number] = bench_monotonic()
        throw Odd(number: number)
    }

    /// What the started process does.
    static func run(caught: Bool) throws {
        let pool = try ThreadPool(name: "failing", workers: 1)
        let stamps = Stamps()
        let gate = DispatchSemaphore(value: 0)
        pool.execute { gate.wait() }
        var futures: [Future<Void>] = []
        for number in 0..<count {
            futures.append(
                pool.submit {
                    guard caught else { return try fail(number, stamps) }
                    do { try fail(number, stamps) } catch { bench_use(1) }
                })
            pool.execute { stamps.next[number] = bench_monotonic() }
        }
        // The program has been up for a moment, as any is whose tasks fail.
        usleep(100_000)
        gate.signal()
        for future in futures {
            do { try future.value() } catch { bench_use(2) }
        }
        try pool.shutdown()
        let times = zip(stamps.thrown, stamps.next).map { Double($1 - $0) }
        print(times[0], times.dropFirst().sorted()[(count - 1) / 2])
    }
}
