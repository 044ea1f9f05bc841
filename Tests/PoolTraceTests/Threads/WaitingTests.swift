import Foundation
import PoolTrace
import Synchronization
import Testing

/// What threads wait on, other than threads and futures.
@Suite("Event, Condition, Semaphore, RecursiveLock, Barrier and TracedTimer")
struct WaitingTests {
    /// Threads that run `body`, all joined.
    private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
        let threads = (0..<count).map { number in TracedThread { try body(number) } }
        for thread in threads { try thread.start() }
        for thread in threads { try thread.join(timeout: .seconds(30)) }
    }

    /// Threads that have come, one after the other, to where they wait in `body`.
    private func waitingThreads(
        _ count: Int, _ body: @escaping @Sendable (Int) throws -> Void
    ) throws -> [TracedThread] {
        try (0..<count).map { number in
            let hasBegun = Atomic<Bool>(false)
            let thread = TracedThread {
                hasBegun.store(true, ordering: .releasing)
                try body(number)
            }
            try thread.start()
            while !hasBegun.load(ordering: .acquiring) || !isAsleep(thread) { sched_yield() }
            return thread
        }
    }

    @Test("An event lets everybody go on once it is set, until it is cleared")
    func event() throws {
        let event = Event()
        #expect(!event.isSet && !event.wait(timeout: .milliseconds(1)))
        let threads = (0..<4).map { _ in TracedThread { #expect(event.wait(timeout: .seconds(30))) } }
        for thread in threads { try thread.start() }
        event.set()
        for thread in threads { try thread.join() }
        #expect(event.isSet && event.wait(timeout: .zero))
        event.clear()
        #expect(!event.isSet && !event.wait(timeout: .zero))
    }

    @Test("A condition hands each element to one waiter, and none is lost to a wait that gives up")
    func condition() throws {
        let queue = Condition([Int]())
        let taken = Condition([Int]())
        try onThreads(6) { number in
            if number < 3 {
                for element in 0..<200 {
                    queue.withLock { $0.append(number * 200 + element) }
                    queue.notify()
                }
                return
            }
            // Waits that are over at once race with every notify.
            var count = 0
            while count < 200 {
                guard let element = queue.wait(timeout: .microseconds(number), for: { $0.popLast() }) else { continue }
                taken.withLock { $0.append(element) }
                count += 1
            }
        }
        #expect(taken.withLock { $0.sorted() } == Array(0..<600))
    }

    @Test("Who waits for an event goes on even if it is cleared again before he looks")
    func eventClearedAtOnce() throws {
        let event = Event()
        for _ in 0..<20 {
            let threads = try waitingThreads(5) { _ in #expect(event.wait(timeout: .seconds(30))) }
            event.set()
            event.clear()
            for thread in threads { try thread.join() }
            #expect(!event.isSet && !event.wait(timeout: .zero))
        }
    }

    @Test("A condition lets as many look again as it is told to, those that have waited longest first")
    func notify() throws {
        let condition = Condition((isOpen: false, looked: [Int]()))
        for _ in 0..<10 {
            condition.withLock { $0 = (false, []) }
            let threads = try waitingThreads(5) { number in
                condition.wait { state -> Void? in
                    if state.isOpen { state.looked.append(number) }
                    return state.isOpen ? () : nil
                }
            }
            condition.withLock { $0.isOpen = true }
            condition.notify(0)
            condition.notify(3)
            for thread in threads.prefix(3) { try thread.join(timeout: .seconds(30)) }
            #expect(condition.withLock { $0.looked.sorted() } == [0, 1, 2])
            #expect(threads[3].isAlive && threads[4].isAlive)
            condition.notifyAll()
            for thread in threads { try thread.join(timeout: .seconds(30)) }
            #expect(condition.withLock { $0.looked.sorted() } == [0, 1, 2, 3, 4])
        }
    }

    @Test("A semaphore lets in as many as it has permits, and a bounded one takes back no more")
    func semaphore() throws {
        let semaphore = Semaphore(2, isBounded: true)
        let inside = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        try onThreads(6) { _ in
            for _ in 0..<50 {
                try semaphore.withPermit {
                    let count = inside.add(1, ordering: .relaxed).newValue
                    most.max(count, ordering: .relaxed)
                    inside.subtract(1, ordering: .relaxed)
                }
            }
        }
        #expect((1...2).contains(most.load(ordering: .relaxed)))
        #expect(throws: ThreadError.releasedTooOften(bound: 2)) { try semaphore.release() }
        #expect(semaphore.acquire(timeout: .zero) && semaphore.acquire(timeout: .zero))
        #expect(!semaphore.acquire(timeout: .zero))
        try semaphore.release(2)
        let unbounded = Semaphore(0)
        try unbounded.release(5)
        for _ in 0..<5 { #expect(unbounded.acquire(timeout: .zero)) }
    }

    @Test("Permits given back at once let in as many as wait for them, and come back from a body that throws")
    func permitsForMany() throws {
        let semaphore = Semaphore()
        semaphore.acquire()
        let threads = try waitingThreads(5) { _ in semaphore.acquire() }
        try semaphore.release(2)
        for thread in threads.prefix(2) { try thread.join(timeout: .seconds(30)) }
        #expect(threads.dropFirst(2).allSatisfy { $0.isAlive } && !semaphore.acquire(timeout: .zero))
        try semaphore.release(4)
        for thread in threads { try thread.join(timeout: .seconds(30)) }
        #expect(throws: CancellationError.self) { try semaphore.withPermit { throw CancellationError() } }
        #expect(semaphore.acquire(timeout: .zero) && !semaphore.acquire(timeout: .milliseconds(1)))
        #expect(!Semaphore(-1).acquire(timeout: .zero))
    }

    @Test("A recursive lock is its holder's as often as it takes it, and nobody else's")
    func recursiveLock() throws {
        let lock = RecursiveLock()
        lock.acquire()
        #expect(lock.acquire(timeout: .zero))
        try onThreads(1) { _ in
            #expect(!lock.acquire(timeout: .zero))
            #expect(throws: ThreadError.self) { try lock.release() }
        }
        try lock.release()
        try onThreads(1) { _ in #expect(!lock.acquire(timeout: .milliseconds(1))) }
        try lock.release()
        let count = Condition(0)
        try onThreads(4) { _ in
            for _ in 0..<100 {
                try lock.withLock {
                    let seen = count.withLock { $0 }
                    try lock.withLock { count.withLock { $0 = seen + 1 } }
                }
            }
        }
        #expect(count.withLock { $0 } == 400)
    }

    @Test("A recursive lock comes back from a body that throws, lets in who waits, and is given back by nobody twice")
    func lockGivenBack() throws {
        let lock = RecursiveLock()
        #expect(throws: ThreadError.self) { try lock.release() }
        #expect(throws: CancellationError.self) { try lock.withLock { throw CancellationError() } }
        #expect(throws: ThreadError.self) { try lock.release() }
        lock.acquire()
        let threads = try waitingThreads(5) { _ in try lock.withLock {} }
        #expect(threads.allSatisfy { $0.isAlive })
        try lock.release()
        for thread in threads { try thread.join(timeout: .seconds(30)) }
        #expect(lock.acquire(timeout: .zero))
    }

    @Test("A barrier lets its parties pass together, again and again, each at another place, after its action")
    func barrier() throws {
        let rounds = Atomic<Int>(0)
        let barrier = Barrier(4) { rounds.add(1, ordering: .relaxed) }
        let places = Condition([Int: [Int]]())
        try onThreads(4) { _ in
            for round in 0..<50 {
                let place = try barrier.wait(timeout: .seconds(30))
                #expect(rounds.load(ordering: .relaxed) > round)
                places.withLock { $0[round, default: []].append(place) }
            }
        }
        #expect(rounds.load(ordering: .relaxed) == 50 && barrier.waiting == 0)
        #expect(places.withLock { $0.values.allSatisfy { $0.sorted() == [0, 1, 2, 3] } })
    }

    @Test("A barrier breaks when somebody gives up, when it is aborted and when its action throws, until it is reset")
    func brokenBarrier() throws {
        let barrier = Barrier(2)
        #expect(throws: ThreadError.brokenBarrier) { try barrier.wait(timeout: .milliseconds(1)) }
        #expect(barrier.isBroken)
        #expect(throws: ThreadError.brokenBarrier) { try barrier.wait() }
        for end in [barrier.abort, barrier.reset] {
            barrier.reset()
            #expect(!barrier.isBroken)
            let thread = TracedThread { try barrier.wait() }
            try thread.start()
            while barrier.waiting == 0 { sched_yield() }
            end()
            let failure = try #require(throws: TaskFailure.self) { try thread.join() }
            #expect(failure.error(as: ThreadError.self) == .brokenBarrier)
        }
        let acting = Barrier(1) { throw CancellationError() }
        #expect(throws: CancellationError.self) { try acting.wait() }
        #expect(acting.isBroken)
    }

    @Test("A barrier of one party, or none, holds up nobody")
    func barrierOfOne() throws {
        for barrier in [Barrier(1), Barrier(0)] {
            #expect(try barrier.wait() == 0 && barrier.wait() == 0 && barrier.waiting == 0)
        }
    }

    @Test("A timer calls once its time has come, and not after it was cancelled")
    func timer() throws {
        let called = Event()
        let timer = TracedTimer(after: .milliseconds(1), name: "soon") { called.set() }
        try timer.start()
        try timer.thread.join()
        #expect(called.isSet && !timer.cancel())
        #expect(throws: ThreadError.startedTwice(thread: "soon")) { try timer.start() }
        let never = TracedTimer(after: .seconds(3600)) { Issue.record("a cancelled timer called") }
        try never.start()
        #expect(never.thread.isAlive)
        #expect(never.cancel())
        try never.thread.join()
        #expect(never.cancel())
    }
}

/// Whether the kernel says that a thread sleeps.
private func isAsleep(_ thread: TracedThread) -> Bool {
    guard let number = thread.nativeIdentifier,
        let line = try? String(contentsOfFile: "/proc/self/task/\(number)/stat", encoding: .utf8)
    else { return false }
    // "NUMBER (NAME) STATE ..."
    return line.split(separator: ")").last?.hasPrefix(" S ") == true
}
