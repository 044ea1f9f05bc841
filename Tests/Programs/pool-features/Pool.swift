import CPoolRecorder
import Dispatch
import Glibc
import PoolTrace
import Synchronization

struct Broken: Error, CustomStringConvertible {
    let part: Int
    var description: String { "broken part \(part)" }
}

/// Adds up from several threads.
final class Total: Sendable {
    private let total = Atomic<Int>(0)
    var value: Int { total.load(ordering: .sequentiallyConsistent) }
    func add(_ number: Int) { total.add(number, ordering: .sequentiallyConsistent) }
}

/// Opens once; who waits for it blocks until then.
final class Gate: Sendable {
    private let isOpen = Event()
    func open() { isOpen.set() }
    func wait() { isOpen.wait() }
}

/// Runs what keeps the only worker busy while others are submitted.
///
/// First or last in, first out, nothing runs before somebody waits for it, so that nobody needs to be kept busy. Under
/// a strategy that searches a task may run at each submit.
func whileBusy(_ pool: ThreadPool, _ body: () throws -> Void) rethrows {
    guard !isSerial else { return try body() }
    let gate = DispatchSemaphore(value: 0)
    let started = DispatchSemaphore(value: 0)
    pool.execute {
        started.signal()
        gate.wait()
    }
    started.wait()
    defer { gate.signal() }
    try body()
}

let isSerial = (getenv("POOLTRACE_MODE").map { String(cString: $0) } ?? "").hasPrefix("serial")

func apply() throws {
    let pool = try ThreadPool(workers: 2)
    print(try pool.apply { 6 * 7 })
    do {
        _ = try pool.apply { throw Broken(part: 1) }
    } catch let failure as TaskFailure {
        print(failure.error)
    }
    try pool.shutdown()
}

func starmap() throws {
    let pool = try ThreadPool(workers: 2)
    @Sendable func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { power, _ in power * base } }
    print(try pool.starmap([(2, 3), (3, 2), (10, 3)], power))
    print(try pool.starmap(zip(["a", "b"], [2, 3])) { String(repeating: $0, count: $1) })
    print(try pool.starmap([(1, "x", true)]) { number, text, isSet in "\(number)\(text)\(isSet)" })
    print(try pool.starmap(zip(0..<100, 100...), chunkSize: 20, +).reduce(0, +))
    print(try pool.submitMap([(2, 3), (3, 2), (10, 3)]) { power($0, $1) }.value())
    try pool.shutdown()
}

func scope() throws {
    let total = Total()
    let result = try withThreadPool(workers: 2) { pool in
        for number in 1...100 { pool.execute { total.add(number) } }
        return "done"
    }
    print(result, total.value)
}

func throwingScope() throws {
    let total = Total()
    do {
        try withThreadPool(workers: 1) { pool in
            whileBusy(pool) {
                for _ in 1...100 { pool.execute { total.add(1) } }
                pool.terminate()
            }
            throw Broken(part: 2)
        }
    } catch {
        print(error, total.value)
    }
}

func asyncScope() async throws {
    let total = Total()
    let result = try await withThreadPool(workers: 2) { pool in
        for number in 1...100 { pool.execute { total.add(number) } }
        return try await pool.submit { "awaited" }.value()
    }
    print(result, total.value)
}

func terminate() throws {
    let pool = try ThreadPool(workers: 1)
    let total = Total()
    var futures: [Future<Void>] = []
    whileBusy(pool) {
        futures = (0..<10).map { _ in pool.submit { total.add(1) } }
        pool.terminate()
    }
    try pool.join()
    print(futures.allSatisfy(\.isCancelled), total.value)
    do {
        try pool.submit {}.value()
    } catch let failure as TaskFailure {
        print(failure.error)
    }
    try pool.shutdown()
}

func initializer() throws {
    let total = Total()
    let pool = try ThreadPool(workers: 1, configuration: PoolConfiguration(initializer: { total.add(1) }))
    print(try pool.map(0..<3) { _ in total.value })
    print(pool.submit {}.path)
    try pool.shutdown()
}

func throwingInitializer() throws {
    let pool = try ThreadPool(
        name: "broken", workers: 2, configuration: PoolConfiguration(initializer: { throw Broken(part: 3) }))
    // Whether the initializer has thrown by now or not, no task runs.
    let total = Total()
    let future = pool.submit { total.add(1) }
    do {
        try future.value()
    } catch let failure as TaskFailure {
        print(failure.error)
    }
    do {
        _ = try pool.map(0..<3) { _ in total.add(1) }
    } catch {
        print((error as? TaskFailure)?.error ?? error)
    }
    print(total.value)
    try pool.shutdown()
}

func workerNames() throws {
    let pool = try ThreadPool(
        name: "long name of a pool", workers: 1, configuration: PoolConfiguration(workerName: "crew"))
    let name = try pool.apply { threadName() }
    print(isSerial ? "crew-1" : name)
    try pool.shutdown()
}

private func threadName() -> String {
    guard let file = fopen("/proc/thread-self/comm", "r") else { return "?" }
    defer { fclose(file) }
    var name = [CChar](repeating: 0, count: 17)
    guard fgets(&name, Int32(name.count), file) != nil else { return "?" }
    return String(decoding: name.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

func tasksPerWorker() throws {
    let total = Total()
    let pool = try ThreadPool(
        workers: 2,
        configuration: PoolConfiguration(maximumTasksPerWorker: 10, initializer: { total.add(1) }))
    let threads = try pool.map(0..<1000, chunkSize: 1) { _ in pooltrace_thread_id() }
    try pool.shutdown()
    // In serial mode there are no threads to take another's place.
    print(isSerial || Set(threads).count >= 100 && total.value >= 100)
    print(threads.count)
}

func priorities() throws {
    let pool = try ThreadPool(workers: 1)
    let order = DispatchQueue(label: "order")
    nonisolated(unsafe) var ran: [String] = []
    whileBusy(pool) {
        for priority in [ThreadPool.Priority.low, .normal, .high] {
            pool.execute(priority: priority) { order.sync { ran.append("\(priority)") } }
        }
        pool.submit(priority: .high) { order.sync { ran.append("high") } }
    }
    pool.close()
    try pool.join()
    print(ran)
    try pool.shutdown()
}

func deadline() throws {
    let pool = try ThreadPool(workers: 1)
    let late = pool.submit(deadline: .now - .seconds(1)) { "ran" }
    let inTime = pool.submit(priority: .high, deadline: .now + .seconds(1000)) { "ran" }
    do {
        print(try late.value())
    } catch let failure as TaskFailure {
        print(failure.error(as: DeadlineError.self)?.task ?? "\(failure.error)")
    }
    print(try inTime.value())
    try pool.shutdown()
}

func resize() throws {
    let pool = try ThreadPool(workers: 1)
    try pool.resize(to: 4)
    let (met, barrier) = (Total(), Barrier(4))
    // Four that wait for each other need four workers.
    let futures = (0..<4).map { _ in
        pool.submit {
            met.add(1)
            try barrier.wait()
        }
    }
    for future in futures { try future.value() }
    print(met.value, pool.workers == 4)
    try pool.resize(to: 1)
    let now = Total()
    let most = Atomic<Int>(0)
    _ = try pool.map(0..<200, chunkSize: 1) { _ in
        now.add(1)
        most.max(now.value, ordering: .sequentiallyConsistent)
        now.add(-1)
    }
    // Some of the three that are too many may have had a chunk before they stepped aside.
    print(pool.workers, most.load(ordering: .sequentiallyConsistent) <= 4)
    do {
        try pool.resize(to: 100_000)
        print("resized")
    } catch let error as PoolError {
        print(error == .tooManyWorkers(pool: "pool-1", most: 257))
    }
    try pool.shutdown()
}

func failFast() throws {
    let pool = try ThreadPool(workers: 1)
    let total = Total()
    do {
        _ = try pool.map(0..<1000, chunkSize: 10, onFailure: .failFast) { part in
            total.add(1)
            if part >= 0 { throw Broken(part: part) }
        }
    } catch let failure as TaskFailure {
        print(type(of: failure.error), total.value)
    }
    try pool.shutdown()
}

func collectAll() throws {
    let pool = try ThreadPool(workers: 2)
    do {
        _ = try pool.map(0..<100, onFailure: .collectAll) { part in
            if part % 10 == 3 { throw Broken(part: part) }
            if part == 50 { throw CancellationError() }
        }
    } catch let failures as TaskFailures {
        print(failures.failures.compactMap { $0.error(as: Broken.self)?.part })
        print(failures.groups.map(\.count))
        for line in "\(failures)".split(separator: "\n") where line.contains("failed") {
            print(line.prefix { $0 != ":" })
        }
    }
    try pool.shutdown()
}

func chunkSize() throws {
    let pool = try ThreadPool(workers: 2)
    for size in [1, 7, 100, 10_000] { print(try pool.map(0..<1000, chunkSize: size) { $0 }.reduce(0, +)) }
    try pool.shutdown()
}
