import PoolTrace
import Synchronization
import Testing

@Suite("Several futures")
struct CompletionTests {
    struct Broken: Error, Equatable {}

    private func promises(_ count: Int) -> [Promise<Int>] { (0..<count).map { _ in Promise() } }

    @Test("asCompleted hands out futures in the order in which they end, each once")
    func order() throws {
        let promises = promises(5)
        try promises[3].succeed(3)
        try promises[1].fail(Broken())
        let iterator = asCompleted(promises.map(\.future) + promises.map(\.future)).makeIterator()
        #expect(iterator.next() === promises[1].future)
        #expect(iterator.next() === promises[3].future)
        promises[4].cancel()
        try promises[0].succeed(0)
        #expect(iterator.next() === promises[4].future)
        #expect(iterator.next() === promises[0].future)
        try promises[2].succeed(2)
        #expect(iterator.next() === promises[2].future)
        #expect(iterator.next() == nil && iterator.next() == nil)
        #expect(asCompleted([Future<Int>]()).makeIterator().next() == nil)
        _ = try promises[1].future.error()
    }

    @Test("asCompleted waits for each, blocking and awaited, for futures of several types")
    func waiting() async throws {
        let pool = try ThreadPool(workers: 2)
        let futures: [AnyFuture] = [pool.submit { 1 }, pool.submit { "two" }] + (0..<100).map { _ in pool.submit {} }
        var paths: Set<String> = []
        for await future in asCompleted(futures) {
            #expect(future.isDone)
            paths.insert(future.path)
        }
        #expect(paths.count == 102)
        #expect(blocking(pool) == Set(0..<100))
        try await pool.shutdown()
    }

    private func blocking(_ pool: ThreadPool) -> Set<Int> {
        var values: Set<Int> = []
        for future in asCompleted((0..<100).map { part in pool.submit { part } }) {
            values.insert((try? future.value()) ?? -1)
        }
        return values
    }

    @Test("When the time is up asCompleted throws, and names what is left; what comes later can still be had")
    func timeout() async throws {
        let promises = promises(3)
        try promises[1].succeed(1)
        let completed = asCompleted(promises.map(\.future), timeout: .milliseconds(5))
        #expect(try completed.next() === promises[1].future)
        let error = try #require(throws: TimeoutError.self) { try completed.next() }
        #expect(error.task == promises[0].future.path && error.others == 1)
        #expect(error.name == nil && error.site.line > 0, "\(error)")
        let place = "submitted at PoolTraceTests/CompletionTests.swift:\(error.site.line)"
        #expect("\(error)" == "task \(error.task), \(place), and 1 more had not ended after \(error.timeout)")
        try promises[2].succeed(2)
        #expect(try completed.next() === promises[2].future)
        try promises[0].succeed(0)
        for try await future in completed { #expect(future === promises[0].future) }
        #expect(try completed.next() == nil)
        let never = Promise<Int>()
        await #expect(throws: TimeoutError.self) { for try await _ in asCompleted([never.future], timeout: .zero) {} }
    }

    @Test("A loop that is left early forgets the others, which then end as always")
    func leftEarly() throws {
        let promises = promises(100)
        for _ in 0..<10 {
            try? promises[0].succeed(0)
            for future in asCompleted(promises.map(\.future)) {
                #expect(future === promises[0].future)
                break
            }
        }
        for promise in promises.dropFirst() { try promise.succeed(1) }
        #expect(asCompleted(promises.map(\.future)).reduce(0) { count, _ in count + 1 } == 100)
    }

    @Test("Futures that asCompleted has handed out are released")
    func released() throws {
        let pool = try ThreadPool(workers: 1)
        final class Value: Sendable {
            let alive: Atomic<Int>
            init() {
                alive = Atomic(1)
            }
        }
        weak var value: Value?
        let completed: TimedCompletedFutures<Future<Value>>
        do {
            let future = pool.submit { Value() }
            value = try future.value()
            completed = asCompleted([future], timeout: .seconds(60))
        }
        #expect(value != nil)
        _ = try completed.next()
        try pool.shutdown()
        #expect(value == nil)
        #expect(try completed.next() == nil)
    }

    @Test("Inside a task a loop runs what nobody has started, on one worker")
    func insideATask() throws {
        let pool = try ThreadPool(workers: 1)
        let sum = pool.submit { () -> Int in
            var sum = 0
            for future in asCompleted((0..<50).map { part in pool.submit { part } }) { sum += try future.value() }
            let some = (0..<50).map { part in pool.submit { part } }
            let first = try wait(for: some, until: .firstCompleted)
            let all = try wait(for: some)
            return sum + first.done.count + all.done.count
        }
        #expect(try sum.value(timeout: .seconds(60)) == 1225 + 1 + 50)
        try pool.shutdown()
    }

    @Test("A loop inside a task parks for what others run, and a substitute stands in for its worker")
    func parks() throws {
        let pool = try ThreadPool(workers: 1)
        let promise = Promise<Int>()
        let loop = pool.submit { asCompleted([promise.future]).reduce(0) { count, _ in count + 1 } }
        while !loop.isRunning { yield() }
        try pool.submit { try promise.succeed(1) }.value(timeout: .seconds(60))
        #expect(try loop.value(timeout: .seconds(60)) == 1)
        try pool.shutdown()
    }

    @Test("A loop over futures that all wait for it is a circle, which somebody finds; one other is enough to go on")
    func cycle() throws {
        let pool = try ThreadPool(workers: 3)
        for _ in 0..<50 {
            let loop = Promise<Future<Void>>()
            let circles = Collected<WaitCycleError>()
            let waiters = (0..<2).map { _ in
                pool.submit {
                    do { try loop.future.value().value() } catch let circle as WaitCycleError { circles.add(circle) }
                }
            }
            let other = Promise<Void>()
            // Or the loop would run them itself.
            while waiters.contains(where: { !$0.isRunning }) { yield() }
            let looping = pool.submit {
                let futures = waiters + [other.future]
                // The other one has not ended: nobody can know that it will not.
                for future in asCompleted(futures) {
                    do { try future.value() } catch let circle as WaitCycleError { circles.add(circle) }
                }
            }
            try loop.succeed(looping)
            #expect(circles.all.isEmpty)
            try other.succeed()
            try looping.value(timeout: .seconds(60))
            for waiter in waiters { try waiter.value(timeout: .seconds(60)) }
            #expect(!circles.all.isEmpty)
            #expect(circles.all.allSatisfy { $0.members.contains { $0.task == looping.path } }, "\(circles.all)")
        }
        try pool.shutdown()
    }

    @Test("A loop hands out a future that waits for it, whose value is the circle")
    func handsOutCircle() throws {
        let pool = try ThreadPool(workers: 2)
        let loops = Collected<Future<Bool>>()
        let known = Gate()
        let loop = pool.submit { () -> Bool in
            known.wait()
            // It finds the circle itself, or, if another worker runs it before, the loop does.
            let inner = pool.submit { try loops.all[0].value() }
            let outer = pool.submit { (try? inner.value()) ?? false }
            var isCircle = false
            for future in asCompleted([inner, outer]) where future === inner {
                do {
                    isCircle = (try future.error() as? TaskFailure)?.error is WaitCycleError
                } catch is WaitCycleError { isCircle = true }
            }
            return isCircle
        }
        loops.add(loop)
        known.open()
        #expect(try loop.value(timeout: .seconds(60)))
        try pool.shutdown()
    }

    @Test(
        "wait returns when the first has completed, the first has failed or all have, with what has ended and what has not"
    )
    func conditions() throws {
        let promises = promises(4)
        let futures = promises.map(\.future)
        promises[3].cancel()
        try promises[2].succeed(2)
        #expect(
            try wait(for: futures, until: .firstCompleted).done.map(\.path) == [futures[2], futures[3]].map(\.path))
        let unfailed = try wait(for: futures, until: .firstFailed, timeout: .milliseconds(1))
        #expect(unfailed.done.count == 2 && unfailed.pending.map(\.path) == [futures[0], futures[1]].map(\.path))
        try promises[1].fail(Broken())
        #expect(try wait(for: futures + futures, until: .firstFailed).pending.map(\.path) == [futures[0].path])
        #expect(try wait(for: futures, timeout: .zero).pending.count == 1)
        try promises[0].succeed(0)
        #expect(try wait(for: futures).done.count == 4)
        #expect(try wait(for: futures, until: .firstFailed).pending.isEmpty)
        #expect(try wait(for: [Future<Int>](), until: .firstCompleted).done.isEmpty)
        _ = try futures[1].error()
    }

    @Test("wait blocks until another thread brings it about, and awaits it", arguments: [false, true])
    func waitsForOthers(isAsync: Bool) async throws {
        let pool = try ThreadPool(workers: 2)
        for _ in 0..<100 {
            let promises = promises(3)
            let futures = promises.map(\.future)
            pool.execute { try promises[0].succeed(1) }
            pool.execute { try promises[1].fail(Broken()) }
            let done: [Future<Int>]
            if isAsync {
                done = await wait(for: futures, until: .firstFailed).done
            } else {
                done = try { try wait(for: futures, until: .firstFailed).done }()
            }
            #expect(done.contains { $0 === futures[1] } && !done.contains { $0 === futures[2] })
            _ = try await futures[1].error()
        }
        try await pool.shutdown()
    }

    @Test("An awaited wait with a timeout ends when its task does, or throws when the time is up")
    func awaitedTimeout() async throws {
        let pool = try ThreadPool(workers: 1)
        let promise = Promise<Int>()
        let error = try await #require(throws: TimeoutError.self) {
            try await promise.future.value(timeout: .milliseconds(1))
        }
        #expect(error.task == promise.future.path)
        await #expect(throws: TimeoutError.self) { try await promise.future.error(timeout: .zero) }
        pool.execute { try promise.succeed(3) }
        #expect(try await promise.future.value(timeout: .seconds(60)) == 3)
        #expect(try await promise.future.error(timeout: .zero) == nil)
        try await pool.shutdown()
    }
}
