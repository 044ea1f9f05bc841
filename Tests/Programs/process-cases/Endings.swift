import Glibc
import PoolTrace

nonisolated(unsafe) var leftOpen: ProcessPool?

/// The program ends, and with it a pool that a global holds.
func endWithPool() throws {
    let pool = try ProcessPool(workers: 2)
    leftOpen = pool
    print(try pool.map(Square.self, over: 0..<10).reduce(0, +))
}

/// A program without standard input, output and error that writes to them all the same.
func closedStandard() throws {
    let output = dup(STDOUT_FILENO)
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { close(descriptor) }
    let sum = try withProcessPool(workers: 2) { pool in
        let much = [UInt8](repeating: 0xFF, count: 1 << 16)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] { _ = write(descriptor, much, much.count) }
        pool.execute(Fail.self, 3)
        return try pool.map(Square.self, over: 0..<100).reduce(0, +)
    }
    _ = "\(sum)\n".withCString { write(output, $0, strlen($0)) }
}

/// A pool is let go of with its tasks still to come: they run, and its processes end.
func letGo() throws {
    func futures() throws -> [Future<Int>] {
        let pool = try ProcessPool(workers: 2)
        return (0..<20).map { pool.submit(Square.self, $0) }
    }
    print(try futures().map { try $0.value() }.reduce(0, +))
    while !children().isEmpty { sched_yield() }
    print("no children")
}

/// There is no room for all workers of a pool: those that were started are gone, and a smaller one works.
func noRoom() throws {
    try ProcessPool(workers: 1).shutdown()
    let before = entries(of: "/proc/self/task").count
    var descriptors = rlimit(rlim_cur: rlim_t(openDescriptors() + 40), rlim_max: 4096)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
    do { _ = try ProcessPool(name: "wide", workers: 64) } catch { print(type(of: error)) }
    while !children().isEmpty { sched_yield() }
    print(try withProcessPool(workers: 2) { try $0.map(Square.self, over: 0..<10).reduce(0, +) })
    var memory = rlimit(rlim_cur: addressSpace() + (8 << 30), rlim_max: rlim_t.max)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
    do { _ = try ThreadPool(name: "deep", workers: 64, configuration: PoolConfiguration(stackSize: 1 << 30)) } catch {
        print(type(of: error))
    }
    while entries(of: "/proc/self/task").count > before { sched_yield() }
    print(try withThreadPool(workers: 2) { try $0.map(0..<10) { $0 * $0 }.reduce(0, +) })
}

/// How much of the process's address space is taken, in bytes.
private func addressSpace() -> rlim_t {
    (rlim_t(text(of: "/proc/self/statm").prefix { $0 != " " }) ?? 0) * rlim_t(getpagesize())
}

/// Says how many inputs of its type are alive, itself included.
enum CountAlive: ProcessTask {
    final class Input: Codable, Sendable {
        let number: Int
        init(_ number: Int) {
            self.number = number
            Alive.count += 1
        }
        init(from decoder: any Decoder) throws {
            number = try Int(from: decoder)
            Alive.count += 1
        }
        func encode(to encoder: any Encoder) throws { try number.encode(to: encoder) }
        deinit { Alive.count -= 1 }
    }

    static func run(_ input: Input) -> Int { withExtendedLifetime(input) { Alive.count } }
}

/// Of one worker, which runs one task after the other.
enum Alive {
    nonisolated(unsafe) static var count = 0
}

/// What a task was given is gone in its worker when the next one runs.
func inputsReleased() throws {
    let pool = try ProcessPool(workers: 1)
    // Serial mode decodes it in this process, where the one that was encoded is as well.
    let own = isSerial ? 1 : 0
    print(try (0..<10).map { try pool.apply(CountAlive.self, CountAlive.Input($0)) - own })
    try pool.shutdown()
}

/// Runs a pool of processes in a worker.
enum Square2: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        try withProcessPool(workers: 2) { try $0.map(Square.self, over: 0..<input).reduce(0, +) }
    }
}

func poolInWorker() throws {
    print(try withProcessPool(workers: 2) { try $0.map(Square2.self, over: [4, 10]) })
    print(children().count)
}

/// Pools whose workers run one task each are closed before all tasks have run.
func closedEarly() throws {
    let processes = try ProcessPool(
        workers: 3, configuration: ProcessPoolConfiguration(maximumTasksPerWorker: 1))
    let squares = (0..<6).map { processes.submit(Square.self, $0) }
    processes.close()
    try processes.join()
    print(try squares.map { try $0.value() })
    try processes.shutdown()
    let threads = try ThreadPool(workers: 3, configuration: PoolConfiguration(maximumTasksPerWorker: 1))
    let numbers = (0..<60).map { number in threads.submit { number } }
    threads.close()
    try threads.join()
    print(try numbers.map { try $0.value() }.reduce(0, +))
    try threads.shutdown()
}

func nothingToMap() throws {
    try withProcessPool(workers: 1) { pool in
        print(try pool.map(Square.self, over: []), try pool.submitMap(Square.self, over: [], chunkSize: 1).value())
        print(
            pool.lazyMap(Square.self, over: []).map { _ in 1 },
            pool.lazyMapUnordered(Square.self, over: []).map { _ in 1 })
    }
}
