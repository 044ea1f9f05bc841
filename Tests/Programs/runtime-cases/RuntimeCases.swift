import AsyncCases
import Foundation
import PoolTrace
import PoolTraceRuntime

/// The same cases in a program that is linked with PoolTraceRuntime, and those that use explicit pools besides.
@main
struct RuntimeCases {
    static func main() async throws {
        switch CommandLine.arguments.dropFirst().first ?? "" {
        case "pools": try await pools()
        case "shutdown": try await shutdown()
        case "quiet": try await quiet()
        case "opposite-locks": await oppositeLocks()
        case let name:
            guard let found = AsyncCase(rawValue: name) else { fatalError("no such case: \(name)") }
            try await found.run()
        }
    }

    private actor Board {
        private(set) var hasFailed = false
        func fail() { hasFailed = true }
    }

    /// Waits until nothing has changed for 10 ms, by the clock, as debouncers do; beside it a source fails after 500.
    private static func quiet() async throws {
        let board = Board()
        Task {
            try await Task.sleep(for: .milliseconds(500))
            await board.fail()
        }
        let start = ContinuousClock.now
        var looks = 0
        while start.duration(to: .now) < .milliseconds(10) {
            try await Task.sleep(for: .milliseconds(10))
            looks += 1
            guard await !board.hasFailed else { throw CancellationError() }
        }
        print("quiet after \(looks) look\(looks == 1 ? "" : "s")")
    }

    /// Two tasks take two locks in opposite order.
    private static func oppositeLocks() async {
        let (left, right) = (NSLock(), NSLock())
        async let one: Void = left.withLock { right.withLock {} }
        async let other: Void = right.withLock { left.withLock {} }
        _ = await (one, other)
        print("done")
    }

    /// Async tasks and those of a pool take turns.
    private static func pools() async throws {
        let pool = try ThreadPool(name: "work", workers: 2)
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for part in 1...3 {
                group.addTask {
                    order.add("async \(part)")
                    let future = pool.submit(name: "square", input: part) { part in
                        order.add("pool \(part)")
                        return part * part
                    }
                    guard let square = try? await future.value() else { return }
                    order.add("got \(square)")
                }
            }
        }
        let doubled = try pool.map([1, 2, 3]) { $0 * 2 }
        try await pool.shutdown()
        print("doubled \(doubled)")
        print("order \(order.entries.joined(separator: ", "))")
    }

    /// The pool's end waits for its tasks, and they for a task that is none of its.
    private static func shutdown() async throws {
        let pool = try ThreadPool(name: "work", workers: 2)
        let promise = Promise<Int>()
        let future = pool.submit { () async throws -> Int in try await promise.future.value() + 1 }
        Task {
            try await Task.sleep(for: .seconds(60))
            try promise.succeed(41)
        }
        try await pool.shutdown()
        print("value \(try await future.value())")
    }
}
