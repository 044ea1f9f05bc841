import CBench

/// Checks that every task of a round ran, and tells how the threads shared them.
///
/// Tasks count on the thread that runs them, so that the bodies share nothing.
struct TaskCount {
    /// Every thread's count so far.
    private let before: [UnsafePointer<bench_tally>: bench_tally] = tallies()

    /// Throws if the tasks since this was made were not 0..<count, each once, or if one thread did nearly all of them.
    func check(_ count: Int) throws -> String {
        var tasks: [UInt64] = []
        var sum: UInt64 = 0
        for (thread, tally) in Self.tallies() {
            tasks.append(tally.tasks - (before[thread]?.tasks ?? 0))
            sum &+= tally.sum &- (before[thread]?.sum ?? 0)
        }
        let total = tasks.reduce(0, +)
        guard total == UInt64(count), sum == UInt64(count) * UInt64(count - 1) / 2 else {
            throw BenchError("\(total) of \(count) tasks ran, or some ran twice: their numbers add up to \(sum)")
        }
        tasks.sort(by: >)
        guard tasks.count > 1, tasks[1] > UInt64(count / 100) else {
            throw BenchError("one worker did \(tasks.first ?? 0) of \(count) tasks: the other took no part")
        }
        return "the second worker did \(tasks[1] * 100 / total) % of the tasks"
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
