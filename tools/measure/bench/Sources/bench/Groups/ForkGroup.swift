import CBench
import PoolTrace

/// Fork and join: a million numbers, split in two until there is one left.
///
/// Each task forks a task for the one half, goes on with the other, and waits: a million tasks, each of which is waited
/// for where it was submitted. The numbers are counted as the pool's are.
enum ForkGroup {
    private static let count = 1 << 20

    static let rows = [
        PoolGroup.program(
            "onetbb-fork", "oneTBB: task_group::run and wait", file: "onetbb", needs: "libtbb-dev", count: count, []
        ) { ["\($0)/onetbb", "tree"] },
        row("fork", "pool: submit and value, untraced", .atMost(1, of: "onetbb-fork"), submitted),
        row("both", "pool: both, untraced", .atMost(0.5, of: "onetbb-fork"), both),
        row("both-traced", "pool: both, traced to the ring", .beside("both"), in: .memory, both),
    ]

    @Sendable
    private static func submitted(_ range: Range<UInt64>, on pool: ThreadPool) throws {
        if range.count == 1 { return bench_count(range.lowerBound) }
        let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
        let fork = pool.submit { try submitted(range.lowerBound..<middle, on: pool) }
        try submitted(middle..<range.upperBound, on: pool)
        try fork.value()
    }

    @Sendable
    private static func both(_ range: Range<UInt64>, on pool: ThreadPool) throws {
        if range.count == 1 { return bench_count(range.lowerBound) }
        let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
        _ = try pool.both(range.lowerBound..<middle, middle..<range.upperBound, run: both)
    }

    private static func row(
        _ id: String, _ title: String, _ target: Target, in host: Host = .off,
        _ split: @escaping @Sendable (Range<UInt64>, ThreadPool) throws -> Void
    ) -> Row {
        Row(id, title, .task, in: host, threads: Conditions.workers, [target]) {
            try Conditions.restrict()
            return {
                let pool = try ThreadPool(workers: Conditions.workers)
                try Conditions.check(recording: host == .memory)
                let tasks = TaskCount()
                let watch = Stopwatch()
                try pool.apply { try split(0..<UInt64(count), pool) }
                var sample = watch.stop(count: count)
                try pool.shutdown()
                sample.note = try tasks.check(count)
                return sample
            }
        }
    }
}
