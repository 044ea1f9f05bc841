import Foundation
import PoolModel
import PoolTrace
import Synchronization
import Testing

@Suite("TracedThread")
struct TracedThreadTests {
    private struct Broken: Error {}

    @Test("A thread runs once: a second start is an error, and so is joining one that was not started")
    func startsOnce() throws {
        let runs = Atomic<Int>(0)
        let thread = TracedThread(name: "once") { runs.add(1, ordering: .relaxed) }
        #expect(throws: ThreadError.notStarted(thread: "once")) { try thread.join() }
        #expect(!thread.isAlive)
        #expect(thread.identifier == nil && thread.nativeIdentifier == nil && thread.path == nil)
        try thread.start()
        #expect(throws: ThreadError.startedTwice(thread: "once")) { try thread.start() }
        try thread.join()
        try thread.join()
        #expect(throws: ThreadError.startedTwice(thread: "once")) { try thread.start() }
        #expect(runs.load(ordering: .relaxed) == 1)
    }

    @Test("The system refuses a stack larger than the memory: the thread can be started again")
    func refusedStack() throws {
        let thread = TracedThread(name: "huge", stackSize: 1 << 62) {}
        for _ in 0..<2 {
            do {
                try thread.start()
                Issue.record("a stack of 4 EiB was given")
            } catch ThreadError.noThread(let name, let code) { #expect(name == "huge" && code != 0) }
            #expect(!thread.isAlive)
        }
    }

    @Test("While it runs it is alive, listed, and has the numbers that the system knows it by; then no more")
    func identity() throws {
        let (begun, end) = (Event(), Event())
        let seen = Condition<(TracedThread, UInt, String)?>(nil)
        let thread = TracedThread(name: "a name longer than the kernel's") {
            let name = try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            seen.withLock { $0 = (.current, UInt(pthread_self()), name) }
            begun.set()
            end.wait()
        }
        #expect(!TracedThread.all.contains { $0 === thread })
        try thread.start()
        begun.wait()
        #expect(thread.isAlive)
        #expect(TracedThread.all.contains { $0 === thread } && TracedThread.activeCount >= 2)
        let native = try #require(thread.nativeIdentifier)
        #expect(FileManager.default.fileExists(atPath: "/proc/self/task/\(native)"))
        let (current, identifier, name) = try #require(seen.withLock { $0 })
        #expect(current === thread && identifier == thread.identifier)
        #expect(name == "a name longer t\n")
        #expect(throws: TimeoutError.self) { try thread.join(timeout: .milliseconds(1)) }
        end.set()
        try thread.join()
        #expect(!thread.isAlive && !TracedThread.all.contains { $0 === thread })
        #expect(!FileManager.default.fileExists(atPath: "/proc/self/task/\(native)"), "the thread was joined")
    }

    @Test("The main thread is alive and no daemon, and nobody joins it")
    func mainThread() {
        #expect(TracedThread.main.isAlive && !TracedThread.main.isDaemon)
        #expect(TracedThread.main.name == "main" && TracedThread.main.nativeIdentifier == UInt32(getpid()))
        #expect(TracedThread.main.identifier != nil)
        #expect(throws: ThreadError.notJoinable(thread: "main")) { try TracedThread.main.join() }
    }

    @Test("A thread of another library has a handle of its own as long as it lives")
    func foreignThread() throws {
        let handle = Condition<TracedThread?>(nil)
        let end = Event()
        let foreign = Thread {
            handle.withLock { $0 = TracedThread.current === TracedThread.current ? .current : nil }
            handle.notifyAll()
            end.wait()
        }
        foreign.start()
        let thread = try #require(handle.wait(timeout: .seconds(20)) { $0 })
        #expect(thread.isDaemon && thread.isAlive && TracedThread.all.contains { $0 === thread })
        #expect(throws: ThreadError.notJoinable(thread: thread.name)) { try thread.join() }
        end.set()
        while thread.isAlive { sched_yield() }
    }

    @Test("Whether it is a daemon is inherited from the thread that makes it, unless said")
    func daemonFlag() throws {
        #expect(!TracedThread {}.isDaemon)
        let flags = Condition([Bool]())
        let thread = TracedThread(isDaemon: true) {
            flags.withLock { $0 = [TracedThread {}.isDaemon, TracedThread(isDaemon: false) {}.isDaemon] }
        }
        try thread.start()
        try thread.join()
        #expect(flags.withLock { $0 } == [true, false])
    }

    @Test("It has the stack that was asked for: a recursion may be deeper than 8 MiB allow")
    func stackSize() throws {
        let thread = TracedThread(stackSize: 32 << 20) {
            var top = 0
            Self.descend(to: withUnsafePointer(to: &top) { UInt(bitPattern: $0) } - (24 << 20))
        }
        try thread.start()
        try thread.join()
        #expect(thread.stackSize == 32 << 20)
        #expect(TracedThread(stackSize: 1) {}.stackSize == 64 << 10)
    }

    /// Calls itself until the stack has come down to an address.
    private static func descend(to address: UInt) {
        var here = 0
        if withUnsafePointer(to: &here, { UInt(bitPattern: $0) }) > address { descend(to: address) }
        here += 1
    }

    @Test("join throws what the thread threw with the whole report, to everybody who joins; also where it is awaited")
    func failure() async throws {
        let thread = TracedThread(name: "broken") { throw Broken() }
        try thread.start(line: 4711)
        let first = try #require(throws: TaskFailure.self) { try thread.join() }
        let second = try await #require(throws: TaskFailure.self) { try await thread.join() }
        #expect(first === second && first.error is Broken)
        #expect(first.failure.name == "broken")
        #expect(first.failure.path == thread.path)
        #expect(first.failure.site.line == 4711)
        #expect(first.failure.frames.first?.file.hasSuffix("TracedThreadTests.swift") == true)
        #expect(first.failure.poolName == "threads")
    }

    @Test("A thread that was asked to stop and does ends as cancelled")
    func cancelled() throws {
        let thread = TracedThread {
            while true {
                try CurrentTask.checkCancellation()
                sched_yield()
            }
        }
        try thread.start()
        thread.cancel()
        #expect(throws: CancellationError.self) { try thread.join() }
    }

    @Test("A thread's path is its own among its starter's children, and what it submits hangs below it")
    func paths() throws {
        let pool = try ThreadPool(name: "below", workers: 1)
        let paths = Condition([String]())
        let outer = TracedThread {
            let inner = TracedThread {
                let future = pool.submit {}
                paths.withLock { $0 += [future.path] }
            }
            try inner.start()
            try inner.join()
            paths.withLock { $0 += [inner.path ?? ""] }
        }
        try outer.start()
        try outer.join()
        try pool.shutdown()
        let path = try #require(outer.path)
        #expect(paths.withLock { $0 } == [path + ".1.1", path + ".1"])
    }

    @Test("A thread has the name that it was given, or one with a number of its own")
    func names() {
        let named = TracedThread(name: "reader") {}
        #expect(named.name == "reader" && named.description == "thread \"reader\"")
        let names = (0..<3).map { _ in TracedThread {}.name }
        #expect(Set(names).count == 3 && names.allSatisfy { $0.hasPrefix("thread-") }, "\(names)")
    }

    @Test("Threads with small stacks do their work, no more of them at a time than a semaphore lets in")
    func smallStacks() throws {
        let permits = Semaphore(3, isBounded: true)
        let inside = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let threads = (0..<10).map { _ in
            TracedThread(stackSize: 256 << 10) {
                try permits.withPermit {
                    most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
                    sched_yield()
                    inside.subtract(1, ordering: .relaxed)
                }
            }
        }
        for thread in threads { try thread.start() }
        #expect(Set(threads.map(\.nativeIdentifier) + [TracedThread.current.nativeIdentifier]).count == 11)
        for thread in threads { try thread.join() }
        #expect(inside.load(ordering: .relaxed) == 0 && (1...3).contains(most.load(ordering: .relaxed)))
    }

    @Test("What a thread captured is released when it has run, however it ended, while its handle stays")
    func captures() throws {
        final class Captured: Sendable {}
        for fails in [false, true] {
            weak var captured: Captured?
            let thread: TracedThread
            do {
                let object = Captured()
                captured = object
                thread = TracedThread { try withExtendedLifetime(object) { if fails { throw Broken() } } }
            }
            #expect(captured != nil)
            try thread.start()
            do { try thread.join() } catch { #expect(fails && error is TaskFailure) }
            #expect(captured == nil)
        }
    }

    @Test("Threads that nobody joins leave no stack behind", .timeLimit(.minutes(1)))
    func unjoined() throws {
        let before = try addressSpace()
        for _ in 0..<64 {
            let end = Event()
            try TracedThread(stackSize: 1 << 30) { end.set() }.start()
            end.wait()
        }
        // 64 GiB, less what the rest of the process may take meanwhile.
        while try addressSpace() > before + (32 << 30) { sched_yield() }
    }

    /// How much of the process's address space is taken, in bytes.
    private func addressSpace() throws -> Int {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).prefix { $0 != " " }
        return (Int(pages) ?? 0) * Int(getpagesize())
    }

    @Test("Many threads that come and go take no more workers than were alive at a time")
    func manyThreads() throws {
        let sum = Atomic<Int>(0)
        var numbers: Set<UInt32> = []
        for number in 1...200 {
            let thread = TracedThread {
                sum.add(number, ordering: .relaxed)
                throw Broken()
            }
            try thread.start()
            numbers.insert(try #require(throws: TaskFailure.self) { try thread.join() }.failure.worker)
        }
        #expect(sum.load(ordering: .relaxed) == 20100)
        #expect(numbers.count < 100, "workers \(numbers.sorted())")
    }
}
