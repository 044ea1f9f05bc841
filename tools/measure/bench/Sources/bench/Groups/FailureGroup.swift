import CBench
import PoolTrace

/// Tasks that fail, beside the same ones that catch what they throw.
enum FailureGroup {
    private static let count = 100_000

    static let rows = [
        Row("caught-first", "the first throw, caught in its task", .task, in: .tool, threads: 0, warmsUp: false) {
            { Sample(nanoseconds: try FailingRun.times(caught: true).first, processors: 0) }
        },
        Row(
            "fail-first", "the first failure: its worker free after", .task, in: .tool, threads: 0,
            [.atMost(1, of: "caught-first", plus: 10_000)], warmsUp: false
        ) {
            { Sample(nanoseconds: try FailingRun.times(caught: false).first, processors: 0) }
        },
        Row("caught-later", "a later throw, caught in its task", .task, in: .tool, threads: 0, warmsUp: false) {
            { Sample(nanoseconds: try FailingRun.times(caught: true).later, processors: 0) }
        },
        Row(
            "fail-later", "a later failure: its worker free after", .task, in: .tool, threads: 0,
            [.atMost(1, of: "caught-later", plus: 3_000)], warmsUp: false
        ) {
            { Sample(nanoseconds: try FailingRun.times(caught: false).later, processors: 0) }
        },
        Row("caught-many", "tasks that throw and catch, their values taken", .task, in: .memory, threads: 0) {
            try tasks(failing: false)
        },
        Row(
            "fail-many", "tasks that fail, each caught by who takes its value", .task, in: .memory, threads: 0,
            [.atMost(1, of: "caught-many", plus: 3_000)]
        ) {
            try tasks(failing: true)
        },
    ]

    private struct Odd: Error {
        let number: Int
    }

    @inline(never)
    private static func fail(_ number: Int) throws { throw Odd(number: number) }

    /// A pool of two workers, whose tasks all throw; who takes the value catches the failure, or the task the error.
    private static func tasks(failing: Bool) throws -> Row.Round {
        try Conditions.restrict()
        let pool = try ThreadPool(workers: Conditions.workers)
        return {
            let watch = Stopwatch()
            let futures = (0..<count).map { number in
                pool.submit {
                    guard !failing else { return try fail(number) }
                    do { try fail(number) } catch { bench_use(UInt64(number)) }
                }
            }
            var caught = 0
            for future in futures {
                do { try future.value() } catch is TaskFailure { caught += 1 }
            }
            var sample = watch.stop(count: count)
            if caught != (failing ? count : 0) { sample.note = "\(caught) of \(count) failed" }
            return sample
        }
    }
}
