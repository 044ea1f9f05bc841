import Glibc
import PoolModel
import PoolTrace
import Synchronization

// What a pool of processes can do, in every mode: each prints the same in all of them.

enum Square: ProcessTask {
    static func run(_ input: Int) -> Int { input * input }
}

/// Waits until a file is there.
enum Await: ProcessTask {
    struct Input: Codable, Sendable {
        let number: Int
        let file: String
    }

    static func run(_ input: Input) -> Int {
        if input.file == FileGate.flag {
            FileGate.awaitFlag()
        } else {
            while !input.file.isEmpty, access(input.file, F_OK) != 0 { usleep(1000) }
        }
        return input.number
    }
}

private enum Unseen: ProcessTask {
    static func run(_ input: Int) -> Int { input }
}

let isSerial = getenv("POOLTRACE_MODE").map { String(cString: $0).hasPrefix("serial") } ?? false

/// A file that tasks wait for; in serial mode, where they run in this process, a flag.
struct FileGate {
    static let flag = "flag"
    let file = isSerial ? flag : "/tmp/process-cases-\(getpid()).gate"
    private static let opened = Event()

    /// Submits what keeps the only worker busy until the gate is opened.
    ///
    /// First or last in, first out, nothing runs before somebody waits for it in serial mode.
    func keepBusy(_ pool: ProcessPool) -> Future<Int>? {
        isSerial ? nil : pool.submit(Await.self, Await.Input(number: 0, file: file))
    }

    static func awaitFlag() { opened.wait() }

    func open() {
        Self.opened.set()
        if !isSerial { close(Glibc.open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)) }
    }

    func remove() { if !isSerial { unlink(file) } }
}

func apply() throws {
    let pool = try ProcessPool(name: "applied", workers: 1)
    print(try pool.apply(Square.self, 7))
    do { print(try pool.apply(Fail.self, 3)) } catch let failure as TaskFailure {
        print(failure.error, failure.failure.path)
    }
    do { try pool.join() } catch { print(error) }
    pool.close()
    do { print(try pool.apply(Square.self, 1)) } catch let failure as TaskFailure { print(failure.error) }
    try pool.join()
    try pool.shutdown()
}

func scope() throws {
    let sum = try withProcessPool(workers: 2) { try $0.map(Square.self, over: 0..<10).reduce(0, +) }
    print(sum, children().count)
    do {
        try withProcessPool(workers: 1) { pool in
            pool.execute(Square.self, 1)
            throw Broken(part: 9)
        }
    } catch {
        print(error, children().count)
    }
}

func asyncScope() async throws {
    let sum = try await withProcessPool(workers: 2) { pool in
        try await pool.submitMap(Square.self, over: 0..<10).value().reduce(0, +)
    }
    print(sum, children().count)
    do {
        try await withProcessPool(workers: 1) { pool in
            print(try await pool.submit(Square.self, 5).value())
            throw Broken(part: 9)
        }
    } catch {
        print(error, children().count)
    }
}

func submitMap() throws {
    let pool = try ProcessPool(name: "maps", workers: 2)
    print(try pool.submitMap(Square.self, over: 0..<1000, chunkSize: 10).value().reduce(0, +))
    print(try pool.submitMap(Square.self, over: []).value(timeout: .seconds(60)))
    do { print(try pool.submitMap(Fail.self, over: 0..<10).value()) } catch let failure as TaskFailure {
        print(failure.error, failure.failure.path)
    }
    do { print(try pool.submitMap(Fail.self, over: 0..<10, onFailure: .collectAll).value()) } catch let failures
        as TaskFailures
    {
        print(failures.failures.map(\.failure.path))
    }
    do { print(try pool.submitMap(Unseen.self, over: [1]).value()) } catch let failure as TaskFailure {
        print(failure.error is ProcessPoolError, failure.failure.path)
    }
    try pool.shutdown()
    do { print(try pool.submitMap(Square.self, over: [1]).value()) } catch let failure as TaskFailure {
        print(failure.error)
    }
}

func mapAsyncCancelled() throws {
    let gate = FileGate()
    defer { gate.remove() }
    let pool = try ProcessPool(workers: 1)
    let first = gate.keepBusy(pool)
    let future = pool.submitMap(Square.self, over: 0..<100)
    print(future.cancel())
    gate.open()
    _ = try first?.value()
    do { print(try future.value().count) } catch { print(type(of: error), future.isCancelled) }
    try pool.shutdown()
}

func lazyMap() async throws {
    let pool = try ProcessPool(workers: 2)
    var sum = 0
    // Without end: only what is asked for, and some ahead, is ever submitted.
    for result in pool.lazyMap(Fail.self, over: (1...).lazy, ahead: 5) {
        switch result {
        case .success(let number): sum += number
        case .failure(let failure as TaskFailure): print(failure.error)
        case .failure(let error): print(error)
        }
        if sum > 40 { break }
    }
    print(sum)
    var words: [Int] = []
    for await result in pool.lazyMap(Square.self, over: [3, 1, 2]) { words.append(try result.get()) }
    print(words)
    try await pool.shutdown()
}

func lazyMapUnordered() async throws {
    let gate = FileGate()
    defer { gate.remove() }
    let pool = try ProcessPool(workers: 2)
    print(Set(try pool.lazyMapUnordered(Square.self, over: 0..<300, ahead: 7).map { try $0.get() }).count)
    // The first is held back until the second was given out.
    let inputs = [Await.Input(number: 0, file: gate.file), Await.Input(number: 1, file: "")]
    var order: [Int] = []
    for await result in pool.lazyMapUnordered(Await.self, over: inputs) {
        order.append(try result.get())
        gate.open()
    }
    print(Array(order.reversed()))
    try await pool.shutdown()
}

func imapTimeout() throws {
    let gate = FileGate()
    defer { gate.remove() }
    let pool = try ProcessPool(workers: 1)
    let inputs = (0..<3).map { Await.Input(number: $0, file: gate.file) }
    let results = pool.lazyMap(Await.self, over: inputs, ahead: 1).makeIterator()
    do {
        // Nothing takes too long in serial mode.
        print(try results.next(timeout: .milliseconds(1)) ?? -1)
    } catch is TimeoutError {
        print("timeout")
    }
    gate.open()
    while let number = try results.next(timeout: .seconds(100)) { print(number) }
    try pool.shutdown()
}

/// Says its input, so that the order shows.
enum Say: ProcessTask {
    static func run(_ input: String) -> String {
        Said.words.append(input)
        return Said.words.joined(separator: " ")
    }
}

enum Said {
    nonisolated(unsafe) static var words: [String] = []
}

func priorities() throws {
    let gate = FileGate()
    defer { gate.remove() }
    let pool = try ProcessPool(workers: 1)
    let first = gate.keepBusy(pool)
    let low = pool.submit(Say.self, "low", priority: .low)
    let normal = pool.submit(Say.self, "normal")
    let high = pool.submit(Say.self, "high", priority: .high)
    let late = pool.submit(Say.self, "late", priority: .high, deadline: .now - .seconds(1))
    let inTime = pool.submit(Say.self, "never", deadline: .now + .seconds(1000))
    print(inTime.cancel())
    gate.open()
    _ = try first?.value()
    do { print(try late.value()) } catch let failure as TaskFailure { print(failure.error is DeadlineError) }
    print(try low.value())
    _ = (try normal.value(), try high.value())
    try pool.shutdown()
}

func callbacks() throws {
    let pool = try ProcessPool(workers: 2)
    let told = Told()
    let good = pool.submit(Square.self, 12).whenSucceeded { told.add("succeeded \($0)") }
    pool.submit(Fail.self, 3).whenFailed { told.add("failed \($0.error)") }
    print(try asCompleted([good, pool.submit(Square.self, 2)]).map { try $0.value() }.sorted())
    try pool.shutdown()
    print(told.words.sorted())
}

/// What callbacks were told, on whichever thread.
final class Told: Sendable {
    private let list = Mutex<[String]>([])
    var words: [String] { list.withLock { $0 } }
    func add(_ word: String) { list.withLock { $0.append(word) } }
}
