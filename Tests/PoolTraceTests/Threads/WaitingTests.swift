import Glibc
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
