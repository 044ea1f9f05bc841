// Failures whose descriptions are code that does what it should not, or that tells who runs it: failure-cases CASE
import Glibc
import PoolTrace
import Synchronization

/// A condition that stays true.
final class Flag: Sendable {
    private let value = Atomic(false)
    func raise() { value.store(true, ordering: .releasing) }
    var isRaised: Bool { value.load(ordering: .acquiring) }
    func wait() { while !isRaised { usleep(100) } }
}

/// An error that does something when it is described.
struct Described: Error, CustomStringConvertible {
    let describe: @Sendable () -> String
    var description: String { describe() }
}

func threadID() -> UInt { pthread_self() }

/// An error that waits, as it is described, until the worker that threw it has run another task.
func held() throws {
    let pool = try ThreadPool(name: "work", workers: 1)
    let hasRun = Flag()
    let failing = pool.submit {
        throw Described {
            hasRun.wait()
            return "after the next task"
        }
    }
    let next = pool.submit { hasRun.raise() }
    try next.value()
    do { try failing.value() } catch let failure as TaskFailure { print(failure.failure.message) }
    try pool.shutdown()
}

/// The same of an input.
func heldInput() throws {
    struct Input: CustomStringConvertible, Sendable {
        let hasRun: Flag
        var description: String {
            hasRun.wait()
            return "an input after the next task"
        }
    }
    let pool = try ThreadPool(name: "work", workers: 1)
    let hasRun = Flag()
    let failing = pool.submit(input: Input(hasRun: hasRun)) { _ in throw Described { "broken" } }
    try pool.submit { hasRun.raise() }.value()
    do { try failing.value() } catch let failure as TaskFailure { print(failure.failure.input ?? "no input") }
    try pool.shutdown()
}

/// Threads that ask for reports of errors as soon as their tasks fail: how often each was described, how many at a
/// time, and whether a worker of the failed tasks ever did it.
func once(rounds: Int) throws {
    final class Counts: Sendable {
        let descriptions = Atomic(0)
        let running = Atomic(0)
        let together = Atomic(0)
        let byWorkers = Atomic(0)
    }
    let counts = Counts()
    let failing = try ThreadPool(name: "failing", workers: 2)
    let asking = try ThreadPool(name: "asking", workers: 3)
    let workers = Set(
        try failing.map(0..<64, chunkSize: 1) { _ in
            usleep(200); return threadID()
        })
    var differing = 0
    for round in 0..<rounds {
        let isOver = Atomic(0)
        let error = Described {
            if counts.running.wrappingAdd(1, ordering: .relaxed).newValue > 1 {
                counts.together.wrappingAdd(1, ordering: .relaxed)
            }
            counts.descriptions.wrappingAdd(1, ordering: .relaxed)
            if workers.contains(threadID()) { counts.byWorkers.wrappingAdd(1, ordering: .relaxed) }
            for _ in 0..<round % 7 { sched_yield() }
            counts.running.wrappingSubtract(1, ordering: .relaxed)
            return "round \(round)"
        }
        let future = failing.submit { throw error }
        let texts = try asking.map(0..<3, chunkSize: 1) { _ in
            do { try future.value() } catch let failure as TaskFailure { return failure.failure.message }
            return "no failure"
        }
        withExtendedLifetime(isOver) {}
        if texts != Array(repeating: "round \(round)", count: 3) { differing += 1 }
    }
    try failing.shutdown()
    try asking.shutdown()
    print(
        counts.descriptions.load(ordering: .relaxed), counts.together.load(ordering: .relaxed),
        counts.byWorkers.load(ordering: .relaxed), differing)
}

/// A description that never returns.
func hang() throws {
    let pool = try ThreadPool(name: "work", workers: 1)
    pool.execute(name: "stuck") {
        throw Described {
            while true { pause() }
        }
    }
    pool.execute(name: "after") { throw Described { "the next failure" } }
    try pool.shutdown()
    // Another one, in a pool of its own.
    let other = try ThreadPool(name: "other", workers: 1)
    do { try other.submit { throw Described { "handled" } }.value() } catch let failure as TaskFailure {
        print(failure.failure.message)
    }
    try other.shutdown()
    print("shut down")
}

/// A description that ends the process.
func end(by describe: @escaping @Sendable () -> String) throws {
    let pool = try ThreadPool(name: "work", workers: 1)
    pool.execute(name: "doomed") { throw Described(describe: describe) }
    while true { pause() }
}

/// An error that asks for the report of its own failure.
func askItself() throws {
    final class Box: Sendable {
        let failure = AtomicLazyReference<TaskFailure>()
        let isThere = Flag()
    }
    let pool = try ThreadPool(name: "work", workers: 1)
    let box = Box()
    let future = pool.submit {
        throw Described {
            box.isThere.wait()
            return "inside: \(box.failure.load()?.failure.message ?? "")"
        }
    }
    do { try future.value() } catch let failure as TaskFailure {
        _ = box.failure.storeIfNil(failure)
        box.isThere.raise()
        print(failure.failure.message)
    }
    try pool.shutdown()
}

/// Many failures of one kind that the program handles, and one that it asks about afterwards.
func alike(count: Int) throws {
    final class Counter: Sendable { let value = Atomic(0) }
    let described = Counter()
    let pool = try ThreadPool(name: "work", workers: 2)
    var last: TaskFailure?
    for number in 0..<count {
        let error = Described {
            described.value.wrappingAdd(1, ordering: .relaxed)
            return "number \(number)"
        }
        do { try pool.submit { throw error }.value() } catch let failure as TaskFailure { last = failure }
    }
    print(last?.failure.message ?? "", last?.report.others ?? 0)
    try pool.shutdown()
    print(described.value.load(ordering: .relaxed) < count)
}

/// A map's failure, whose report counts the others, and one of another kind that nobody asks for.
func kinds() throws {
    let pool = try ThreadPool(name: "work", workers: 2)
    do {
        _ = try pool.map(0..<6, chunkSize: 1) { number in
            if number == 4 { throw Described { "another kind" } }
            throw Described { "the first kind" }
        }
    } catch let failure as TaskFailure { print(failure.failure.path, failure.report.others) }
    try pool.shutdown()
}

let kind = CommandLine.arguments.dropFirst().first ?? ""
let number = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 0
switch kind {
case "held": try held()
case "held-input": try heldInput()
case "once": try once(rounds: number)
case "hang": try hang()
case "crash": try end { fatalError("no description") }
case "killed":
    try end {
        kill(getpid(), SIGKILL)
        return ""
    }
case "exit":
    try end { exit(3) }
case "asks-itself": try askItself()
case "alike": try alike(count: number)
case "kinds": try kinds()
default: exit(64)
}
