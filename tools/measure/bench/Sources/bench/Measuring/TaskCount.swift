import CBench

/// Checks that every task of a round ran, and tells how the threads shared them.
///
/// Tasks count on the thread that runs them, so that the bodies share nothing.
struct TaskCount {
    /// Every thread's count so far.
    private let before: [UnsafePointer<bench_tally>: bench_tally] = tallies()

    /// Throws if the tasks since this was made were not 0..<count, each once, or if fewer threads than these had a part
    /// in them.
    func check(_ count: Int, threads: Int = Conditions.workers) throws -> String {
        let (tasks, sum) = since()
        return try Self.check(Array(tasks.values), sum: sum, count: count, threads: threads)
    }

    /// Throws if the tasks since this was made were not 0..<count, each once, or not all on other threads than this
    /// one.
    func checkTrips(_ count: Int, areElsewhere: Bool) throws {
        let (tasks, sum) = since()
        try Self.checkAll(Array(tasks.values), sum: sum, count: count)
        let here = bench_own_tally().flatMap { tasks[$0] } ?? 0
        if areElsewhere, here > 0 { throw BenchError("the thread that waited did \(here) of \(count) tasks itself") }
    }

    /// The same for counts and a sum that somebody else made.
    static func check(
        _ counts: [UInt64], sum: UInt64, count: Int, threads: Int = Conditions.workers
    ) throws -> String {
        let total = try checkAll(counts, sum: sum, count: count)
        let shares = counts.sorted(by: >).map { Double($0) / Double(total) }
        guard shares.count(where: { $0 > 0.01 }) >= threads else {
            throw BenchError("one worker did \(counts.max() ?? 0) of \(count) tasks: the other took no part")
        }
        return "the second worker did \(Decimals.text((shares.dropFirst().first ?? 0) * 100, 0)) % of the tasks"
    }

    @discardableResult
    private static func checkAll(_ counts: [UInt64], sum: UInt64, count: Int) throws -> UInt64 {
        let total = counts.reduce(0, +)
        guard total == UInt64(count), sum == UInt64(count) * UInt64(count - 1) / 2 else {
            throw BenchError("\(total) of \(count) tasks ran, or some ran twice: their numbers add up to \(sum)")
        }
        return total
    }

    /// What each thread has done since this was made, and the sum of all numbers.
    private func since() -> (tasks: [UnsafePointer<bench_tally>: UInt64], sum: UInt64) {
        var tasks: [UnsafePointer<bench_tally>: UInt64] = [:]
        var sum: UInt64 = 0
        for (thread, tally) in Self.tallies() {
            tasks[thread] = tally.tasks - (before[thread]?.tasks ?? 0)
            sum &+= tally.sum &- (before[thread]?.sum ?? 0)
        }
        return (tasks, sum)
    }

    private static func tallies() -> [UnsafePointer<bench_tally>: bench_tally] {
        var all: [UnsafePointer<bench_tally>: bench_tally] = [:]
        var next = bench_tallies()
        while let tally = next {
            all[tally] = tally.pointee
            next = UnsafePointer(tally.pointee.next)
        }
        return all
    }
}
