import Foundation
import PoolModel
import PoolTrace
import Synchronization
import Testing

@Suite("ThreadPool")
struct ThreadPoolTests {
    struct Broken: Error, Equatable { let part: Int }

    @Test("A map returns its results in the order of the inputs", arguments: [1, 2, 5], [nil, 1, 7, 5000])
    func mapKeepsOrder(workers: Int, chunkSize: Int?) throws {
        let pool = try ThreadPool(workers: workers)
        #expect(try pool.map(0..<1000, chunkSize: chunkSize) { "\($0)" } == (0..<1000).map { "\($0)" })
        #expect(try pool.map([Int]()) { $0 }.isEmpty)
        try pool.shutdown()
    }

    @Test("A map throws the failure of the first failed element, after all have ended")
    func mapThrowsTheFirst() throws {
        let pool = try ThreadPool(workers: 2)
        let ended = Atomic<Int>(0)
        let thrown = try #require(throws: TaskFailure.self) {
            try pool.map(0..<100, name: "element") { part in
                defer { ended.add(1, ordering: .relaxed) }
                if part % 10 == 7 { throw Broken(part: part) }
            }
        }
        #expect(thrown.error as? Broken == Broken(part: 7))
        #expect(thrown.error(as: Broken.self)?.part == 7)
        #expect(thrown.failure.input == "7")
        #expect(thrown.failure.name == "element")
        #expect(thrown.failure.path.hasSuffix("[7]"), "\(thrown.failure.path)")
        #expect(thrown.report.others == 9)
        #expect(ended.load(ordering: .relaxed) == 100)
        try pool.shutdown()
    }

    @Test("A future has a value, an error or neither, blocking and awaited")
    func futures() async throws {
        let pool = try ThreadPool(workers: 2)
        let good = pool.submit { 42 }
        #expect(try await good.value() == 42)
        #expect(good.isDone && !good.isRunning && !good.isCancelled)
        let bad = pool.submit(name: "bad", input: 3) { part -> Int in throw Broken(part: part) }
        let failure = try await #require(throws: TaskFailure.self) { try await bad.value() }
        #expect(failure.error as? Broken == Broken(part: 3))
        try blocking(pool, good, bad)
        try await pool.shutdown()
    }

    private func blocking(_ pool: ThreadPool, _ good: Future<Int>, _ bad: Future<Int>) throws {
        #expect(try good.value(timeout: .zero) == 42)
        #expect(try good.error() == nil)
        #expect((try bad.error() as? TaskFailure)?.error as? Broken == Broken(part: 3))
        let gate = Gate()
        let slow = pool.submit { gate.wait() }
        let timeout = try #require(throws: TimeoutError.self) { try slow.value(timeout: .milliseconds(1)) }
        #expect(timeout.task == slow.path)
        gate.open()
        try slow.value(timeout: .seconds(60))
    }

    @Test("A cancelled task never starts; one that runs goes on")
    func cancelling() throws {
        let pool = try ThreadPool(workers: 1)
        let gate = Gate()
        let started = Gate()
        let running = pool.submit {
            started.open()
            gate.wait()
            return 1
        }
        let queued = pool.submit { 2 }
        started.wait()
        #expect(running.isRunning)
        #expect(!running.cancel())
        #expect(queued.cancel() && queued.cancel())
        #expect(queued.isCancelled && queued.isDone)
        #expect(throws: CancellationError.self) { try queued.value() }
        gate.open()
        #expect(try running.value() == 1)
        try pool.shutdown()
    }

    @Test("A wait inside a task runs what it waits for, on one worker, however deep")
    func nestedWaits() throws {
        let pool = try ThreadPool(workers: 1)
        @Sendable func sum(_ depth: Int) throws -> Int {
            depth == 0 ? 0 : try pool.submit { try sum(depth - 1) }.value() + depth
        }
        #expect(try pool.submit { try sum(100) }.value() == 5050)
        #expect(
            try pool.submit { try pool.map(0..<10) { part in try pool.map(0..<3) { $0 + part } } }.value().count == 10)
        try pool.shutdown()
    }

    @Test("While tasks wait in workers, substitutes stand in for them")
    func substitutes() throws {
        let pool = try ThreadPool(workers: 2)
        let gate = Gate()
        let awaited = pool.submit { gate.wait() }
        while !awaited.isRunning {}
        let waiters = (0..<8).map { _ in pool.submit { try awaited.value() } }
        // All of them are parked, and the pool still runs tasks.
        #expect(try pool.submit { 5 }.value(timeout: .seconds(60)) == 5)
        gate.open()
        for waiter in waiters { try waiter.value() }
        try pool.shutdown()
    }

    @Test("A join waits for a close, and never for itself")
    func ending() throws {
        let pool = try ThreadPool(name: "ending", workers: 2)
        #expect(throws: PoolError.joinedWhileOpen(pool: "ending")) { try pool.join() }
        let inside = pool.submit { try pool.shutdown() }
        let failure = try #require(throws: TaskFailure.self) { try inside.value() }
        #expect(failure.error as? PoolError == .joinedFromInside(pool: "ending"))
        pool.close()
        try pool.join()
        let late = pool.submit { 1 }
        let refused = try #require(throws: TaskFailure.self) { try late.value() }
        #expect(refused.error as? PoolError == .closed(pool: "ending"))
        #expect(throws: PoolError.closed(pool: "ending")) { try pool.map(0..<3) { $0 } }
        try pool.shutdown()
        try pool.shutdown()
    }

    @Test("A shutdown that cancels what is queued lets running tasks end")
    func cancellingShutdown() throws {
        let pool = try ThreadPool(workers: 1)
        let gate = Gate()
        let started = Gate()
        let running = pool.submit {
            started.open()
            gate.wait()
            return 1
        }
        let queued = (0..<100).map { part in pool.submit { part } }
        started.wait()
        Task.detached {
            // A submit that is refused shows that the shutdown has begun.
            while (try? pool.submit {}.error(timeout: .zero)) == nil { sched_yield() }
            gate.open()
        }
        try pool.shutdown(cancelQueued: true)
        #expect(try running.value() == 1)
        let cancelled = queued.count { $0.isCancelled }
        #expect(cancelled == 100)
    }

    @Test("Tasks that a task of a closed pool submits still run")
    func nestedAfterClose() throws {
        let pool = try ThreadPool(workers: 2)
        let gate = Gate()
        let outer = pool.submit {
            gate.wait()
            return try (0..<10).map { part in pool.submit { part } }.map { try $0.value() }.reduce(0, +)
        }
        pool.close()
        gate.open()
        try pool.join()
        #expect(try outer.value() == 45)
        try pool.shutdown()
    }

    @Test("Two of many tasks that need each other at once always meet")
    func rendezvous() throws {
        let pool = try ThreadPool(workers: 2)
        for round in 0..<1000 {
            let count = 2 + round % 69
            let (first, second) = (round % count, (round + 1 + round / 70 % (count - 1)) % count)
            let arrived = Arrivals()
            let tasks = (0..<count).map { part in
                pool.submit { if part == first || part == second { arrived.waitFor(2) } }
            }
            for task in tasks { try task.value(timeout: .seconds(60)) }
        }
        try pool.shutdown()
    }

    @Test("Pools come and go without leaving threads")
    func poolsComeAndGo() throws {
        for _ in 0..<50 {
            let pool = try ThreadPool(name: "coming-going", workers: 3)
            #expect(try pool.map(0..<10) { $0 }.count == 10)
            try pool.shutdown()
        }
        let left = try threadNames().filter { $0.hasPrefix("coming-goin") }
        #expect(left.isEmpty)
    }

    @Test("A pool that is let go of still ends what it was given")
    func abandonedPool() throws {
        let done = Gate()
        func abandon() throws {
            let pool = try ThreadPool(workers: 1)
            for _ in 0..<10 { pool.execute {} }
            pool.execute { done.open() }
        }
        try abandon()
        done.wait()
    }

    @Test("A submit that comes too late fails, and never hangs")
    func submitsRacingShutdown() throws {
        for _ in 0..<300 {
            let pool = try ThreadPool(name: "racing", workers: 1, configuration: PoolConfiguration(queueLimit: 1))
            let tasks = Arrivals()
            let futures = Collected<Future<Int>>()
            let submitter = BackgroundSubmitter {
                tasks.waitFor(0)
                for part in 0..<20 {
                    let future = pool.submit { part }
                    futures.add(future)
                    // Refused: asked for at once, so that the shutdown need not report it.
                    if (try? future.error(timeout: .zero)) != nil { break }
                }
            }
            while tasks.isEmpty { sched_yield() }
            try pool.shutdown()
            submitter.join()
            for future in futures.all {
                let error = try future.error(timeout: .seconds(60))
                #expect(error == nil || (error as? TaskFailure)?.error as? PoolError == .closed(pool: "racing"))
            }
        }
    }

    @Test("A task's body is released inside the task: its owner may not end the pool there, and nothing hangs")
    func ownerThatEndsItsPool() throws {
        let thrown = Collected<any Error>()
        let ended = Gate()
        final class Server: Sendable {
            let pool: ThreadPool
            let thrown: Collected<any Error>
            let ended: Gate
            init(_ thrown: Collected<any Error>, _ ended: Gate) throws {
                pool = try ThreadPool(workers: 1)
                (self.thrown, self.ended) = (thrown, ended)
            }
            func start(_ gate: Gate) {
                pool.execute {
                    gate.wait()
                    _ = self
                }
            }
            deinit {
                do { try pool.shutdown() } catch { thrown.add(error) }
                ended.open()
            }
        }
        let gate = Gate()
        do { try Server(thrown, ended).start(gate) }
        gate.open()
        ended.wait()
        #expect(thrown.all.count == 1)
    }

    @Test("A task that waits for another pool lets a substitute stand in for it")
    func joinsAnotherPoolInsideATask() throws {
        let first = try ThreadPool(workers: 1)
        let second = try ThreadPool(workers: 1)
        let outer = first.submit {
            let inner = first.submit { 1 }
            let other = second.submit { try inner.value() }
            second.close()
            try second.join()
            return try other.value()
        }
        #expect(try outer.value(timeout: .seconds(60)) == 1)
        try first.shutdown()
        try second.shutdown()
    }

    @Test("A task may go on by submitting itself, a hundred thousand times")
    func chainOfTasks() throws {
        let pool = try ThreadPool(workers: 1)
        let done = Gate()
        @Sendable func next(_ left: Int) {
            if left == 0 { done.open() } else { pool.execute { next(left - 1) } }
        }
        next(100_000)
        done.wait()
        try pool.shutdown()
    }

    @Test("Chunk sizes and bounds may be as large as they come")
    func extremes() throws {
        let pool = try ThreadPool(workers: 1, configuration: PoolConfiguration(maximumSubstitutes: .max))
        #expect(try pool.map(0..<3, chunkSize: .max) { $0 } == [0, 1, 2])
        #expect(try pool.map(0..<3, chunkSize: .min) { $0 } == [0, 1, 2])
        try pool.shutdown()
    }

    @Test("A path names the submitters, the same in every run")
    func paths() throws {
        let pool = try ThreadPool(workers: 2)
        let outer = pool.submit { () -> [String] in
            let children = (0..<3).map { _ in pool.submit {} }
            for child in children { try child.value() }
            return children.map(\.path)
        }
        #expect(try outer.value() == (1...3).map { "\(outer.path).\($0)" })
        try pool.shutdown()
    }

    private enum Hidden {
        struct Fault<Part>: Error {}
        struct Part {}
    }

    @Test("The type of a private error is named the same in each run: without addresses")
    func privateError() throws {
        let pool = try ThreadPool(workers: 1)
        let failure = try #require(throws: TaskFailure.self) {
            try pool.apply { () throws -> Int in throw Hidden.Fault<Hidden.Part>() }
        }
        let around = "PoolTraceTests.ThreadPoolTests.Hidden"
        #expect(failure.failure.type == "\(around).Fault<\(around).Part>")
        try pool.shutdown()
    }

    @Test("A pool has at least one worker, by default as many as processors; what is too small counts as 1")
    func workerCounts() throws {
        for workers in [1, 0, -1, .min] {
            let pool = try ThreadPool(workers: workers)
            #expect(pool.workers == 1)
            #expect(try pool.map(0..<3) { $0 } == [0, 1, 2])
            try pool.shutdown()
        }
        let pool = try ThreadPool()
        #expect((1...ProcessInfo.processInfo.processorCount).contains(pool.workers))
        try pool.shutdown()
        for most in [0, -1] {
            #expect(PoolConfiguration(maximumTasksPerWorker: most).maximumTasksPerWorker == 1)
            #expect(ProcessPoolConfiguration(maximumTasksPerWorker: most).maximumTasksPerWorker == 1)
        }
    }

    @Test("A pool runs as many tasks at a time as it has workers, and no more")
    func saturation() throws {
        let pool = try ThreadPool(workers: 4)
        let inside = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let gate = Gate()
        let tasks = (0..<60).map { _ in
            pool.submit {
                most.max(inside.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
                gate.wait()
                inside.subtract(1, ordering: .relaxed)
            }
        }
        while inside.load(ordering: .relaxed) < 4 { yield() }
        gate.open()
        for task in tasks { try task.value() }
        #expect(most.load(ordering: .relaxed) == 4)
        try pool.shutdown()
    }

    @Test("A shutdown does not wait for a task that was cancelled just before")
    func shutdownAfterCancel() throws {
        for _ in 0..<300 {
            let pool = try ThreadPool(workers: 1)
            let task = pool.submit { 1 }
            task.cancel()
            try pool.shutdown()
            #expect(task.isDone)
        }
    }

    @Test("A wait ends when another thread cancels what it waits for")
    func cancelledWhileAwaited() throws {
        let pool = try ThreadPool(workers: 1)
        let (started, gate) = (Gate(), Gate())
        pool.execute {
            started.open()
            gate.wait()
        }
        started.wait()
        for _ in 0..<100 {
            let task = pool.submit { 1 }
            let waits = Gate()
            let errors = Collected<any Error>()
            let waiter = BackgroundSubmitter {
                waits.open()
                do { _ = try task.value(timeout: .seconds(60)) } catch { errors.add(error) }
            }
            waits.wait()
            #expect(task.cancel())
            waiter.join()
            #expect(errors.all.count == 1 && errors.all.first is CancellationError)
        }
        gate.open()
        try pool.shutdown()
    }

    @Test("Neither inputs nor results are kept once they were given back", .timeLimit(.minutes(1)))
    func releasedObjects() throws {
        final class Counted: Sendable {
            let alive: Total
            init(_ alive: Total) {
                self.alive = alive
                alive.add(1)
            }
            deinit { alive.add(-1) }
        }
        let pool = try ThreadPool(workers: 2)
        let alive = Total()
        #expect(try pool.map((0..<100).map { _ in Counted(alive) }) { $0 }.count == 100)
        while alive.value > 0 { yield() }
        #expect(try pool.submitMap((0..<100).map { _ in Counted(alive) }) { $0 }.value().count == 100)
        while alive.value > 0 { yield() }
        let lazy = [
            pool.lazyMap(0..<10, ahead: 1) { _ in Counted(alive) },
            pool.lazyMapUnordered(0..<10, ahead: 1) { _ in Counted(alive) },
        ]
        for results in lazy.map({ $0.makeIterator() }) {
            for _ in 0..<10 {
                weak var object: Counted?
                do { object = try results.next()?.get() }
                while object != nil { yield() }
            }
            #expect(results.next() == nil && alive.value == 0)
        }
        try pool.shutdown()
    }
}

/// Adds up from several threads.
private final class Total: Sendable {
    private let total = Atomic<Int>(0)
    var value: Int { total.load(ordering: .acquiring) }
    func add(_ number: Int) { total.add(number, ordering: .acquiringAndReleasing) }
}
