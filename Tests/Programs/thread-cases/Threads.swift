import Glibc
import PoolTrace
import Synchronization

/// Set once the process has begun to exit.
let exiting = Event()

/// Main ends first; its threads go on once it has, and one of them starts another.
@Sendable func exitWaits() throws {
    let thread = TracedThread(name: "last") {
        exiting.wait()
        let next = TracedThread { print("thread after thread") }
        print("thread after main")
        try next.start()
    }
    try thread.start()
    atexit { exiting.set() }
    print("main")
    exit(3)
}

/// A thread ends the process, while another is to be waited for.
@Sendable func exitInside() throws {
    let other = TracedThread {
        exiting.wait()
        print("other")
    }
    try other.start()
    atexit { exiting.set() }
    let ender = TracedThread { exit(5) }
    try ender.start()
    Event().wait()
}

/// Daemon threads, and one that inherits it, are in the middle of something when main ends.
@Sendable func daemon() throws {
    let running = Event()
    let thread = TracedThread(isDaemon: true) {
        let inner = TracedThread {
            running.set()
            Event().wait()
        }
        print("inner is a daemon:", inner.isDaemon)
        try inner.start()
        try inner.join()
    }
    try thread.start()
    running.wait()
    print("main")
}

/// Main's own, asked for as the process exits.
let mainsOwn = ThreadLocal("of nobody")

/// Main is the main thread from the beginning to the end, and no other thread is.
@Sendable func mainThread() throws {
    mainsOwn.value = "of main"
    atexit { print("at exit", TracedThread.current === TracedThread.main, mainsOwn.value) }
    print("main", TracedThread.current === TracedThread.main, TracedThread.all.count)
    let thread = TracedThread { print("thread", TracedThread.current === TracedThread.main, mainsOwn.value) }
    try thread.start()
    try thread.join()
}

/// Says when it goes, which takes until the process has begun to exit.
final class Farewell: Sendable {
    let hasBegun = Event()
    deinit {
        hasBegun.set()
        exiting.wait()
        print("farewell from", TracedThread.current.name)
    }
}

/// A thread has run, and what it keeps to itself is being destroyed, when main ends.
@Sendable func exitLocals() throws {
    let own = ThreadLocal<Farewell?>(nil)
    let hasBegun = Condition<Event?>(nil)
    let thread = TracedThread(name: "leaving") {
        let farewell = Farewell()
        hasBegun.withLock { $0 = farewell.hasBegun }
        own.value = farewell
    }
    try thread.start()
    while hasBegun.withLock({ $0 })?.wait() != true { sched_yield() }
    atexit { exiting.set() }
    print("main")
}

/// Forty daemon threads that use everything, again and again, when main ends.
@Sendable func busyDaemons() throws {
    let (began, count) = (Semaphore(0), ThreadLocal(0))
    for _ in 0..<40 {
        let thread = TracedThread(isDaemon: true) {
            while true {
                count.value += 1
                if count.value == 10 { try began.release() }
                let inner = TracedThread { if let file = fopen("/proc/self/stat", "r") { fclose(file) } }
                try inner.start()
                try inner.join()
            }
        }
        try thread.start()
    }
    for _ in 0..<40 { began.acquire() }
    print("main")
}

/// A thread fails where there is no standard error to say so.
@Sendable func closedError() throws {
    close(STDERR_FILENO)
    let thread = TracedThread { throw Broken(part: 1) }
    try thread.start()
    do { try thread.join() } catch { print("joined") }
    try TracedThread { throw Broken(part: 2) }.start()
    print("main")
}

/// A thread fails whose handle nobody keeps: told at once.
@Sendable func dropped() throws {
    let isOver = Event()
    do {
        let thread = TracedThread(name: "lost") {
            defer { isOver.set() }
            throw Broken(part: 1)
        }
        try thread.start()
    }
    isOver.wait()
    while TracedThread.activeCount > 1 { sched_yield() }
    print("main")
}

nonisolated(unsafe) var keptThread: TracedThread?

/// A thread fails that is not joined, although it could be: told at exit.
@Sendable func kept() throws {
    let thread = TracedThread(name: "kept") { throw Broken(part: 2) }
    keptThread = thread
    try thread.start()
    while thread.isAlive { sched_yield() }
    print("main")
}

/// Joins a thread that fails, twice.
@Sendable func joined() throws {
    let thread = TracedThread(name: "asked") { throw Broken(part: 3) }
    try thread.start()
    for _ in 0..<2 {
        do { try thread.join() } catch let failure as TaskFailure {
            print("joined", failure.error, thread.path ?? "?")
            print(failure.description)
        }
    }
}

/// What a thread submits hangs below it.
@Sendable func below() throws {
    let pool = try ThreadPool(name: "parts", workers: 2)
    let thread = TracedThread(name: "parent") {
        let child = pool.submit(name: "child") { throw Broken(part: 4) }
        print("child", child.path)
        try child.value()
    }
    try thread.start()
    do { try thread.join() } catch let failure as TaskFailure {
        print("thread failed with", type(of: failure.error))
        print("task failed with", ((failure.error as? TaskFailure)?.error).map { "\($0)" } ?? "?")
    }
    try pool.shutdown()
}

/// Threads that submit and wait, some of whose tasks fail; main joins them all.
@Sendable func mixed() throws {
    let pool = try ThreadPool(name: "mixed", workers: 2)
    let sums = Condition([Int: Int]())
    let threads = (0..<4).map { number in
        TracedThread(name: "mixer") {
            let tasks = (0..<10).map { part in pool.submit(input: part) { $0 * number } }
            let sum = try tasks.map { try $0.value() }.reduce(0, +)
            let more = try pool.map(0..<5) { $0 }.reduce(0, +)
            sums.withLock { $0[number] = sum + more }
            if number == 2 { throw Broken(part: number) }
        }
    }
    for thread in threads { try thread.start() }
    for (number, thread) in threads.enumerated() {
        do { try thread.join() } catch let failure as TaskFailure { print("thread", number, failure.error) }
    }
    print("sums", sums.withLock { $0.sorted { $0.key < $1.key }.map(\.value) })
    try pool.shutdown()
}

/// A task of a pool of one worker joins a thread that waits for tasks of the same pool.
@Sendable func taskJoins() throws {
    let pool = try ThreadPool(name: "one", workers: 1)
    let outer = pool.submit {
        let total = Condition(0)
        let thread = TracedThread {
            let sum = try (0..<5).map { part in pool.submit { part } }.map { try $0.value() }.reduce(0, +)
            total.withLock { $0 = sum }
        }
        try thread.start()
        try thread.join()
        return total.withLock { $0 }
    }
    print("total", try outer.value())
    try pool.shutdown()
}

/// A thread asks again and again whether a task has ended.
@Sendable func polling() throws {
    let pool = try ThreadPool(workers: 1)
    let thread = TracedThread {
        let task = pool.submit { 7 }
        while !task.isDone { sched_yield() }
        do { _ = try pool.submit { 8 }.value(timeout: .seconds(20)) } catch { print("no", error) }
        print("polled", try task.value())
    }
    try thread.start()
    try thread.join()
    try pool.shutdown()
}

/// Tasks wait for what other tasks and main do, on primitives of ours: more of them wait than there are workers.
@Sendable func primitives() throws {
    let pool = try ThreadPool(workers: 1)
    let begun = Event()
    let barrier = Barrier(3)
    let permits = Semaphore(0)
    let lock = RecursiveLock()
    let waiting = pool.submit { begun.wait(timeout: .seconds(20)) }
    let setting = pool.submit { begun.set() }
    let meeting = (0..<3).map { _ in pool.submit { try barrier.wait(timeout: .seconds(20)) } }
    let taking = pool.submit { permits.acquire(timeout: .seconds(20)) }
    pool.execute { try permits.release() }
    let locking = pool.submit { try lock.withLock { try lock.withLock { 1 } } }
    print("event", try waiting.value(), try setting.value() == ())
    print("barrier", try meeting.map { try $0.value() }.sorted())
    print("semaphore", try taking.value(), "lock", try locking.value())
    try pool.shutdown()
}

/// Threads and a task that wait for each other.
@Sendable func round() throws {
    let pool = try ThreadPool(workers: 2)
    let box = Condition<Future<Void>?>(nil)
    let thread = TracedThread(name: "first") {
        guard let task = box.wait(for: { $0 }) else { return }
        try task.value()
    }
    try thread.start()
    let task = pool.submit(name: "second") { try thread.join() }
    box.withLock { $0 = task }
    box.notifyAll()
    do { try thread.join() } catch { print("\(error)".contains("wait for each other") ? "found" : "\(error)") }
    _ = try? task.value()
    do {
        let own = Condition<TracedThread?>(nil)
        let alone = TracedThread(name: "alone") { try own.withLock { $0 }?.join() }
        own.withLock { $0 = alone }
        try alone.start()
        try alone.join()
    } catch let failure as TaskFailure { print(failure.error) }
    try pool.shutdown()
}
