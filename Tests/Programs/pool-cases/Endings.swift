import CPoolRecorder
import Dispatch
import Glibc
import PoolTrace
import Synchronization

/// Exits with tasks left.
func exitWithTasks() throws {
    let pool = try ThreadPool(name: "left", workers: 1)
    let gate = DispatchSemaphore(value: 0)
    if ProcessInfo.isSerial {
        for number in 0..<3 { pool.execute { print("ran", number) } }
    } else {
        pool.execute { gate.wait() }
        pool.execute { print("never") }
    }
    exit(3)
}

/// Exits inside a task, with others left: they cannot run any more.
func exitInTask() throws {
    let pool = try ThreadPool(name: "left", workers: 1)
    let first = pool.submit { exit(4) }
    for number in 0..<3 { pool.execute { print("ran", number) } }
    _ = try first.value()
}

/// Two threads submit and wait: the second while a task runs on the first, which goes on once the second is asleep.
func twoThreads() throws {
    let pool = try ThreadPool(workers: 2)
    let other = Atomic<Int>(0)
    let isHeld = Atomic<Bool>(false)
    let slow = pool.submit {
        isHeld.store(true, ordering: .releasing)
        while !isAsleep(thread: other.load(ordering: .acquiring)) { sched_yield() }
    }
    let thread = Thread {
        while !isHeld.load(ordering: .acquiring) { sched_yield() }
        let task = pool.submit { 5 }
        other.store(Int(pooltrace_thread_id()), ordering: .releasing)
        print("other", (try? task.value()) ?? 0)
    }
    try slow.value()
    thread.join()
    try pool.shutdown()
}

/// Whether the kernel says that a thread of this process sleeps.
func isAsleep(thread: Int) -> Bool {
    guard let file = fopen("/proc/self/task/\(thread)/stat", "r") else { return false }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), file) != nil else { return false }
    // "NUMBER (NAME) STATE ..."
    return String(decoding: line.map(UInt8.init(bitPattern:)), as: UTF8.self).contains(") S ")
}

/// The main thread blocks in something that a task has to end.
func takeover() throws {
    let pool = try ThreadPool(workers: 2)
    let gate = DispatchSemaphore(value: 0)
    pool.execute { gate.signal() }
    gate.wait()
    print("released")
    try pool.shutdown()
}

/// A task waits for something that a thread outside the pool submits.
func parked() throws {
    let pool = try ThreadPool(workers: 1)
    let gate = DispatchSemaphore(value: 0)
    let first = pool.submit { gate.wait() }
    let second = pool.submit { try first.value() }
    let thread = Thread { gate.signal() }
    try second.value()
    thread.join()
    print("done")
    try pool.shutdown()
}

func describe(_ part: Int) throws -> Int {
    if part % 3 == 1 { throw Broken(part: part) }
    return part
}

/// Failures that nobody asks for, some retrieved, from one place and another.
func failures() throws {
    let pool = try ThreadPool(name: "parts", workers: 2)
    for part in 0..<6 { pool.submit(name: "describe", input: "part \(part)") { _ in try describe(part) } }
    pool.submit(name: "nested") {
        let child = pool.submit(name: "child", input: 7) { try describe($0) }
        _ = child.isDone
    }
    let asked = pool.submit { try describe(10) }
    do { _ = try asked.value() } catch let failure as TaskFailure { print("asked", failure.error) }
    try pool.shutdown()
    print("end")
}

/// Tasks that wait for each other.
func cycle() throws {
    let pool = try ThreadPool(name: "round", workers: 2)
    let box = Box()
    let first = pool.submit(name: "first") { () -> String in
        while box.other == nil { sched_yield() }
        return try box.other?.value() ?? ""
    }
    box.first = first
    box.other = pool.submit(name: "second") { () -> String in
        do { return try box.first?.value() ?? "" } catch let cycle as WaitCycleError { return "found: \(cycle)" }
    }
    do { print("first", try first.value()) } catch { print("first failed", (error as? TaskFailure)?.error ?? error) }
    do { print("second", try box.other?.value() ?? "") } catch { print("second failed", error) }
    try pool.shutdown()
}

final class Box: @unchecked Sendable {
    private let lock = DispatchQueue(label: "box")
    private var tasks: [String: Future<String>] = [:]
    var first: Future<String>? {
        get { lock.sync { tasks["first"] } }
        set { lock.sync { tasks["first"] = newValue } }
    }
    var other: Future<String>? {
        get { lock.sync { tasks["other"] } }
        set { lock.sync { tasks["other"] = newValue } }
    }
}

/// A task holds a lock while it waits, and others want that lock.
func lockWhileWaiting() throws {
    let pool = try ThreadPool(workers: 2)
    let mutex = Mutex()
    let holders = (0..<8).map { number in
        pool.submit(input: number) { number in
            let part = pool.submit { number }
            return try mutex.withLock { try part.value() }
        }
    }
    print("sum", try holders.map { try $0.value() }.reduce(0, +))
    try pool.shutdown()
}

/// Stages, so that `POOLTRACE_ONLY` has something to leave out.
func only() throws {
    let pool = try ThreadPool(workers: 2)
    let needed = pool.submit(name: "needed") { () -> Int in
        print("needed ran")
        return 1
    }
    let stage = try needed.value()
    let parts = (0..<4).map { part in
        pool.submit(name: "part", input: part) { part -> Int in
            print("part", part)
            let child = pool.submit(name: "child") { () -> Int in
                print("child of", part)
                return stage
            }
            return try child.value() + part
        }
    }
    for part in parts {
        do { print("value", try part.value()) } catch is CancellationError { print("cancelled") }
    }
    do { print("map", try pool.map(0..<3) { $0 }) } catch is CancellationError { print("map cancelled") }
    try pool.shutdown()
}

/// A plain mutex.
final class Mutex: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    init() { pthread_mutex_init(mutex, nil) }
    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }
}

/// A thread of the program's own.
final class Thread: @unchecked Sendable {
    private var id = pthread_t()
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        pthread_create(
            &id, nil,
            { bits in
                guard let bits else { return nil }
                Unmanaged<Thread>.fromOpaque(bits).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
    }

    func join() { pthread_join(id, nil) }
}

enum ProcessInfo {
    static var isSerial: Bool { getenv("POOLTRACE_MODE").map { String(cString: $0).hasPrefix("serial") } ?? false }
}

/// Failures at the start, then so many tasks that a small ring wraps a hundred times.
///
/// The pipe named by the argument is the sign to begin.
func report() throws {
    let pool = try ThreadPool(name: "reported", workers: 2)
    // What a session that starts later must be told of: a site, names, workers.
    _ = try pool.map(0..<4, name: "early") { $0 }
    print("ready")
    fflush(nil)
    let pipe = open(CommandLine.arguments[2], O_RDONLY)
    var byte: UInt8 = 0
    _ = read(pipe, &byte, 1)
    for part in 0..<6 { pool.submit(name: "describe", input: "part \(part)\n\u{1B}[31m") { _ in try describe(part) } }
    _ = pool.submit(name: "nested") {
        let child = pool.submit(name: "child", input: 7) { try describe($0) }
        while !child.isDone { sched_yield() }
    }
    for _ in 0..<500 {
        let batch = (0..<1000).map { _ in pool.submit {} }
        for task in batch { try task.value() }
    }
    try pool.shutdown()
}

/// A task fails while many others run, far below main.
func crowd() throws {
    let (count, depth) = (Int(CommandLine.arguments[2]) ?? 1, Int(CommandLine.arguments[3]) ?? 0)
    let pool = try ThreadPool(name: "crowd", workers: count + 2)
    let held = Counter()
    let gate = DispatchSemaphore(value: 0)
    descend(depth, pool) {
        for _ in 0..<count {
            pool.execute(name: "held") {
                held.add()
                gate.wait()
            }
        }
        let failing = pool.submit(name: "failing") {
            while held.value < count { sched_yield() }
            throw Broken(part: 1)
        }
        while !failing.isDone { sched_yield() }
        for _ in 0..<count { gate.signal() }
    }
    pool.close()
    try pool.join()
    try pool.shutdown()
}

private func descend(_ depth: Int, _ pool: ThreadPool, _ body: @escaping @Sendable () -> Void) {
    pool.execute { depth == 0 ? body() : descend(depth - 1, pool, body) }
}

private func nested(_ depth: Int) throws -> Int {
    if depth == 0 { throw Broken(part: 1) }
    return try nested(depth - 1) + 1
}

/// Two pools, one after the other, whose tasks fail at the same depth of a recursion.
func sameFrames() throws {
    for name in ["first", "second"] {
        let pool = try ThreadPool(name: name, workers: 1)
        pool.execute(name: "nested") { _ = try nested(5) }
        try pool.shutdown()
    }
}

/// Three tasks fail one after the other, the first and the last at the same place.
///
/// Those that have not failed yet run beside them for certain, and so does one below another.
func beside() throws {
    let pool = try ThreadPool(name: "beside", workers: 4)
    let running = Counter()
    var last: Future<Void>?
    for part in 0..<3 {
        last = pool.submit(name: "failing", input: part) { [last] part in
            running.add()
            while running.value < 4 || last?.isDone == false { sched_yield() }
            if part == 1 { throw Broken(part: part) }
            _ = try describe(3 * part + 1)
        }
    }
    pool.execute(name: "outer") { [last] in
        pool.execute(name: "watching") {
            running.add()
            while last?.isDone == false { sched_yield() }
        }
    }
    try pool.shutdown()
}

/// A thread of somebody else's submits beside main, and how many tasks there are differs from run to run.
func uncontrolled() throws {
    try twoThreads()
    let pool = try ThreadPool(workers: 2)
    for _ in 0..<Int.random(in: 1...5000) { pool.execute {} }
    try pool.shutdown()
}
