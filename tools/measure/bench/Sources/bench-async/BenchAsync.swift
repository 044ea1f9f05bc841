import Glibc
import PoolTraceRuntime

/// Async tasks for the group `async`, in a process whose environment says who runs them: `bench-async tasks|segments`.
///
/// Answers each line with a number of rounds by nanoseconds of wall time, nanoseconds of processor time, the sum of the
/// tasks' numbers, and how many there were.
@main
enum BenchAsync {
    static func main() async {
        let run = CommandLine.arguments.dropFirst().first == "segments" ? segments : tasks
        while let line = readLine(), let count = Int(line) {
            let (wall, cpu) = (now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID))
            let sum = await run(count)
            print(now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu, sum, count)
            fflush(nil)
        }
    }

    private static func now(_ clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Children of groups of a thousand.
    @Sendable
    private static func tasks(_ count: Int) async -> Int {
        var sum = 0
        for first in stride(from: 0, to: count, by: 1000) {
            sum += await withTaskGroup(of: Int.self) { group in
                for number in first..<min(count, first + 1000) { group.addTask { number } }
                var sum = 0
                for await number in group { sum += number }
                return sum
            }
        }
        return sum
    }

    /// Two tasks that go on in turns: each suspends after it has resumed the other.
    @Sendable
    private static func segments(_ count: Int) async -> Int {
        let turns = Turns()
        async let even = turns.count(from: 0, to: count)
        async let odd = turns.count(from: 1, to: count)
        return await even + odd
    }
}

/// Whose turn it is: touched by that task alone.
private final class Turns: @unchecked Sendable {
    private var other: UnsafeContinuation<Void, Never>?
    private var isOdd = false

    func count(from first: Int, to count: Int) async -> Int {
        var sum = 0
        var number = first
        while number < count {
            if isOdd == (number & 1 == 1) {
                sum += number
                isOdd.toggle()
                number += 2
            }
            let resumed = other
            other = nil
            if number >= count {
                resumed?.resume()
            } else {
                await withUnsafeContinuation { own in
                    other = own
                    resumed?.resume()
                }
            }
        }
        return sum
    }
}
