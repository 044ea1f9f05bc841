import Dispatch
import Glibc
import PoolTrace
import Synchronization

private func fibonacci(_ number: Int, on pool: ThreadPool) throws -> Int {
    if number < 2 { return number }
    let (one, other) = try pool.both(number - 1, number - 2, run: fibonacci)
    return one + other
}

/// Counts those alive.
private final class Counted: Sendable {
    static let alive = Atomic<Int>(0)
    init() { Self.alive.wrappingAdd(1, ordering: .relaxed) }
    deinit { Self.alive.wrappingSubtract(1, ordering: .relaxed) }
}

/// Fork and join: from outside and inside, with values that own memory, and every way to end otherwise than with two
/// values.
func both() throws {
    let pool = try ThreadPool(workers: 2)
    print(try fibonacci(20, on: pool), try pool.apply { try fibonacci(15, on: pool) })
    let words = try pool.both(["a", "b"], ["c"]) { words, _ in words.joined(separator: "-") }
    print(words)
    // Larger than what a future keeps in place.
    let (left, right) = try pool.both(1, 2) { part, _ in (part, part * 2, part * 3, "\(part)", Counted()) }
    print(left.3, right.2)
    for part in 0..<1000 {
        _ = try pool.apply { try pool.both(part, part + 1) { _, _ in (0, 0, 0, Counted()) } }
    }
    try pool.shutdown()
    withExtendedLifetime((left, right)) { print("alive", Counted.alive.load(ordering: .relaxed)) }
}

func bothThatFail() throws {
    let pool = try ThreadPool(workers: 2)
    // The task throws.
    do {
        _ = try pool.apply { try pool.both(1, 2) { part, _ in if part == 1 { throw Broken(part: part) } } }
    } catch let failure as TaskFailure {
        print(failure.failure.path, (failure.error as? TaskFailure)?.failure.path ?? "")
    }
    // What the caller runs throws: in its own task.
    do {
        _ = try pool.apply { try pool.both(1, 2) { part, _ in if part == 2 { throw Broken(part: part) } } }
    } catch let failure as TaskFailure {
        print(failure.failure.path, failure.error)
    }
    // The failure has the input.
    let input = try pool.apply { () -> String? in
        do { _ = try pool.both("left", "right") { side, _ in if side == "left" { throw Broken(part: 3) } } } catch let
            failure
            as TaskFailure
        {
            return failure.failure.input
        }
        return nil
    }
    print(input ?? "no input")
    // A task that waits for its caller: one of the two is told so, and nothing hangs.
    let own = Promise<Future<Void>>()
    let caller = pool.submit {
        let itself = try own.future.value()
        _ = try pool.both(1, 2) { part, _ in if part == 1 { try itself.value() } }
    }
    try own.succeed(caller)
    do { try caller.value() } catch let failure as TaskFailure { print("cycle", failure.description.contains("wait")) }
    // A pool that is terminated meanwhile: the task that it forked has ended, as cancelled if no worker had started it.
    let last = pool.submit {
        _ = try pool.both(1, 2) { part, pool in if part == 2 { pool.terminate() } }
    }
    _ = try last.error()
    print("terminated", last.isDone)
}
