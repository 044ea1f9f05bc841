import Glibc
import PoolModel
import PoolTrace

func submitMap() async throws {
    let pool = try ThreadPool(workers: 2)
    let future = pool.submitMap(0..<1000, chunkSize: 10) { "\($0)" }
    print(try await future.value().count)
    print(try await pool.submitMap([Int]()) { $0 }.value(timeout: .seconds(60)))
    // A task that waits for a map runs its elements itself.
    let inner = pool.submit { try pool.submitMap(0..<10) { $0 * $0 }.value() }
    print(try await inner.value())
    try await pool.shutdown()
}

func mapAsyncFails() throws {
    let pool = try ThreadPool(workers: 2)
    let future = pool.submitMap(0..<1000) { part in
        if part % 400 == 7 { throw Broken(part: part) }
        return [part]
    }
    do {
        print(try future.value())
    } catch let failure as TaskFailure {
        print(failure.error, failure.failure.path)
    }
    let all = pool.submitMap(0..<1000, onFailure: .collectAll) { part in
        if part % 400 == 7 { throw Broken(part: part) }
    }
    do {
        print(try all.value())
    } catch let failures as TaskFailures {
        print(failures.failures.map(\.failure.path))
    }
    let cycle = Cycle()
    let own = pool.submitMap(0..<1) { _ in try cycle.wait() }
    cycle.set(own)
    do {
        print(try own.value())
    } catch let failure as TaskFailure {
        print(failure.error(as: WaitCycleError.self)?.members.map(\.task) ?? [])
    }
    try pool.shutdown()
}

/// A map one of whose elements waits for it.
private final class Cycle: @unchecked Sendable {
    // Written before, or while the element waits for it to be.
    private nonisolated(unsafe) var future: Future<[Void]>?
    private let isSet = Gate()
    func set(_ future: Future<[Void]>) {
        self.future = future
        isSet.open()
    }
    func wait() throws {
        isSet.wait()
        _ = try future?.value()
    }
}

func mapAsyncCancelled() throws {
    let pool = try ThreadPool(workers: 1)
    var future: Future<[Int]>?
    let total = Total()
    whileBusy(pool) {
        future = pool.submitMap(0..<100, chunkSize: 1) { part in
            total.add(1)
            return part
        }
        print(future?.cancel() ?? true)
    }
    do {
        print(try future?.value() ?? [])
    } catch {
        print(type(of: error), total.value, future?.isCancelled ?? false)
    }
    try pool.shutdown()
}

func lazyMap() throws {
    let pool = try ThreadPool(workers: 2)
    // Without end: only what is asked for, and some ahead, is ever submitted.
    let submitted = Total()
    var sum = 0
    for result in pool.lazyMap(
        (1...).lazy, ahead: 5,
        { part -> Int in
            submitted.add(1)
            if part == 50 { throw Broken(part: part) }
            return part
        })
    {
        switch result {
        case .success(let number): sum += number
        case .failure(let failure as TaskFailure): print(failure.error)
        case .failure(let error): print(error)
        }
        if sum > 5000 { break }
    }
    try pool.shutdown()
    print(sum, submitted.value <= 100 + 7)
    print(try withThreadPool(workers: 2) { pool in try pool.lazyMap("abc", { "\($0)" }).map { try $0.get() } })
}

func lazyMapUnordered() async throws {
    let pool = try ThreadPool(workers: 2)
    // More than one queue remembers, in whichever order.
    var numbers: Set<Int> = []
    for result in pool.lazyMapUnordered(0..<3000, ahead: 7, { $0 }) { numbers.insert(try result.get()) }
    print(numbers.count)
    // The first is held back until the second was given out.
    let gate = Gate()
    var order: [Int] = []
    for await result in pool.lazyMapUnordered(
        [0, 1],
        { part in
            if part == 0 { gate.wait() }
            return part
        })
    {
        order.append(try result.get())
        gate.open()
    }
    print(Array(order.reversed()))
    var sum = 0
    for await result in pool.lazyMap(1...100, { $0 }) { sum += try result.get() }
    print(sum)
    try await pool.shutdown()
}

func imapTimeout() throws {
    let pool = try ThreadPool(workers: 1)
    let gate = Gate()
    let results = pool.lazyMap(0..<3, ahead: 1) { part in
        gate.wait()
        return part
    }.makeIterator()
    do {
        print(try results.next(timeout: .milliseconds(1)) ?? -1)
    } catch is TimeoutError {
        print("timeout")
    }
    gate.open()
    print(try results.next(timeout: .seconds(100)) ?? -1, try results.next(timeout: .seconds(100)) ?? -1)
    print(try results.next(timeout: .seconds(100)) ?? -1, try results.next(timeout: .seconds(100)) as Any)
    try pool.shutdown()
}

/// Keeps the only worker busy until somebody has waited for a result in vain, and gives the pass up.
func imapGivenUp() throws {
    let pool = try ThreadPool(workers: 1)
    let total = Total()
    func giveUp() {
        let results = pool.lazyMap(0..<10, ahead: 3) { _ in total.add(1) }.makeIterator()
        // A wait runs the tasks in serial mode, and nothing is submitted before one.
        guard !isSerial else { return print("timeout") }
        do { try print(results.next(timeout: .zero) as Any) } catch {
            print(error is TimeoutError ? "timeout" : "other")
        }
    }
    whileBusy(pool) { giveUp() }
    try pool.shutdown()
    print(total.value)
}

/// The callbacks of a map are those of a future: one for all elements.
func mapCallbacks() throws {
    let pool = try ThreadPool(workers: 2)
    let told = Words()
    for words in [["1", "2"], ["3", "four"]] {
        pool.submitMap(words, chunkSize: 1) { word in
            guard let number = Int(word) else { throw Broken(part: word.count) }
            return number
        }
        .whenSucceeded { told.add("\($0)") }.whenFailed { told.add("\($0.error) \($0.failure.input ?? "?")") }
    }
    try pool.shutdown()
    print(told.all.sorted())
}

/// What is told on several threads.
private final class Words: Sendable {
    private let words = Condition([String]())
    var all: [String] { words.withLock { $0 } }
    func add(_ word: String) { words.withLock { $0.append(word) } }
}

func nothingToMap() throws {
    let pool = try ThreadPool(workers: 1)
    let none: [Int] = []
    print(try pool.map(none) { $0 }, try pool.map(none, chunkSize: 1) { $0 }, try pool.submitMap(none) { $0 }.value())
    print(pool.lazyMap(none) { $0 }.map { _ in 1 }, pool.lazyMapUnordered(none) { $0 }.map { _ in 1 })
    try pool.shutdown()
}
