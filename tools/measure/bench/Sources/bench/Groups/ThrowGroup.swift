import CBench
import CPoolRecorder
import PoolTrace

/// An error thrown inside a task and caught there, with the throw hook and without.
///
/// Without: the runtime's hooks are taken out for the length of the round; everything else is the same, the pool's task
/// included.
enum ThrowGroup {
    private static let count = 20_000

    static let rows: [Row] = [3, 20].flatMap { depth in
        [
            Row("throw-bare-\(depth)", "throw, \(depth) frames, without the hook", .throw, in: .off) {
                inTask(hooked: false) { throwing(depth: depth) }
            },
            Row(
                "throw-outside-\(depth)", "throw, \(depth) frames, outside a task", .throw, in: .off,
                [.atMost(1, of: "throw-bare-\(depth)", plus: 100)]
            ) {
                outside { throwing(depth: depth) }
            },
            Row(
                "throw-\(depth)", "throw, \(depth) frames, in a task", .throw, in: .off,
                [.atMost(1, of: "throw-bare-\(depth)", plus: 100)]
            ) {
                inTask(hooked: true) { throwing(depth: depth) }
            },
            Row(
                "throw-many-\(depth)", "throw, \(depth) frames, in a task that keeps throwing", .throw, in: .off,
                [.atMost(1, of: "throw-bare-\(depth)", plus: 100)]
            ) {
                inTask(hooked: true) { throwing(depth: depth, forgetting: false) }
            },
            Row(
                "throw-traced-\(depth)", "throw, \(depth) frames, in a task, ring on", .throw, in: .memory,
                [.atMost(1, of: "throw-bare-\(depth)", plus: 100)]
            ) {
                inTask(hooked: true) { throwing(depth: depth) }
            },
        ]
    }

    // MARK: What is thrown

    private struct Odd: Error {
        let number: Int
    }

    /// Throws from `depth` frames below its caller.
    @inline(never)
    private static func fail(depth: Int, number: Int) throws -> Int {
        if depth <= 1 { throw Odd(number: number) }
        // Not the last thing done, so that the frame is there while the callee runs.
        return try fail(depth: depth - 1, number: number) &+ 1
    }

    /// Throws and catches, in a loop.
    ///
    /// - Parameter forgetting: Whether the noted throws are forgotten after each, as when a task has ended: the usual
    ///   task throws once.
    private static func throwing(depth: Int, forgetting: Bool = true) -> Sample {
        var caught = 0
        let watch = Stopwatch()
        for number in 0..<count {
            do {
                caught &-= try fail(depth: depth, number: number)
            } catch {
                caught &+= 1
                bench_use(UInt64(truncatingIfNeeded: caught))
            }
            if forgetting { pooltrace_throws_clear(pooltrace_current().pointee.first_throw) }
        }
        var sample = watch.stop(count: count)
        if caught != count { sample.note = "\(caught) of \(count) were caught" }
        return sample
    }

    // MARK: Where

    private static func outside(_ body: @escaping @Sendable () -> Sample) -> Row.Round {
        {
            try checkHooks()
            return body()
        }
    }

    /// Rounds in a task, one at a time, so nothing else throws while the hooks are out.
    private static func inTask(hooked: Bool, _ body: @escaping @Sendable () -> Sample) -> Row.Round {
        {
            try checkHooks()
            let pool = try ThreadPool(workers: 1)
            let future = pool.submit {
                if !hooked { bench_throw_hooks_remove() }
                defer { if !hooked { bench_throw_hooks_restore() } }
                return body()
            }
            let sample = try future.value()
            try pool.shutdown()
            return sample
        }
    }

    private static func checkHooks() throws {
        guard pooltrace_throws_are_noted() else { throw BenchError("the throw hook is not installed") }
    }
}
