import CBench
import Foundation

/// Waits until every other thread of this process sleeps.
enum Sleepers {
    /// Sleeps for 200 microseconds, and on until the kernel says that the others sleep too.
    static func wait() throws {
        var pauses = 0
        repeat {
            guard pauses < 500 else { throw BenchError("the workers do not fall asleep within a tenth of a second") }
            pauses += 1
            usleep(200)
        } while try !areAsleep()
    }

    /// Processor time of every thread but this one, in nanoseconds.
    static func processorTime() throws -> UInt64 {
        let own = String(bench_thread())
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").reduce(0) { sum, thread in
            guard thread != own,
                let line = try? String(contentsOfFile: "/proc/self/task/\(thread)/schedstat", encoding: .utf8)
            else { return sum }
            return sum + (line.split(separator: " ").first.flatMap { UInt64($0) } ?? 0)
        }
    }

    /// Whether the kernel calls every thread but this one asleep.
    private static func areAsleep() throws -> Bool {
        let own = String(bench_thread())
        for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") where thread != own {
            // The state is the word after the name, which is in parentheses and may have any character. A thread may
            // end meanwhile.
            let status = (try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8)) ?? ") S"
            guard let end = status.lastIndex(of: ")"), status[end...].dropFirst(2).first == "S" else { return false }
        }
        return true
    }
}
