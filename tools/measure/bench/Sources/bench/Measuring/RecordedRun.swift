import CBench
import Foundation
import PoolTrace

/// The traced program of the rows that read traces: tasks that do next to nothing, on a pool of two workers.
///
/// It runs in a process of its own, which ends, as a user's would; what it records into is set by its environment.
enum RecordedRun {
    static var program: String { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path }

    static func arguments(tasks: Int) -> [String] { ["--record-run", "\(tasks)"] }

    /// Three events a task come from two processors at most: what is traced by processor makes two streams.
    static func run(tasks: Int) throws {
        _ = bench_restrict_processors(2)
        let pool = try ThreadPool(name: "recorded", workers: 2)
        for number in 0..<UInt64(tasks) { pool.execute { bench_count(number) } }
        pool.close()
        try pool.join()
        try pool.shutdown()
    }
}
