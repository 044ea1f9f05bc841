import PoolModel
import PoolTrace
import Synchronization
import Testing

@Suite("Promises")
struct PromiseTests {
    struct Broken: Error, Equatable { let part: Int }

    @Test("A promise's future has no end until it is completed, then its value, for everybody who waits")
    func succeeding() async throws {
        let pool = try ThreadPool(workers: 2)
        let promise = Promise<String>(name: "answer")
        let future = promise.future
        #expect(!future.isDone && !future.isRunning && !future.isCancelled)
        let seen = Collected<String>()
        future.whenSucceeded { seen.add($0) }
        let waiters = (0..<4).map { _ in pool.submit { try future.value() } }
        let awaiting = Task { try await future.value() }
        try promise.succeed("yes")
        for waiter in waiters { #expect(try await waiter.value() == "yes") }
        #expect(try await awaiting.value == "yes")
        #expect(seen.all == ["yes"])
        #expect(future.isDone && !future.cancel() && !future.isCancelled)
        try await pool.shutdown()
    }

    @Test("A promise's error comes as the failure of its future, which names the promise and where it was made")
    func failing() throws {
        let line: UInt32 = #line + 1
        let promise = Promise<Int>(name: "answer")
        let seen = Collected<TaskFailure>()
        promise.future.whenFailed { seen.add($0) }
        try promise.fail(Broken(part: 3))
        let failure = try #require(throws: TaskFailure.self) { try promise.future.value() }
        #expect(failure.error as? Broken == Broken(part: 3))
        #expect(seen.all.first === failure)
        #expect(failure.failure.site.line == line)
        let text = failure.report.text(run: .init(command: "program", trace: nil))
        #expect(
            text.hasPrefix("task \(promise.future.path) \"answer\" failed: PoolTraceTests.PromiseTests.Broken"),
            "\(text)")
        #expect(text.contains("not at all: it is a promise"), "\(text)")
        #expect(!text.contains("rerun"), "\(text)")
    }

    @Test("A promise that fails with an error which the task caught shows where that was thrown")
    func throwSite() throws {
        let pool = try ThreadPool(workers: 1)
        let promise = Promise<Int>()
        @Sendable func explode() throws { throw Broken(part: 4) }
        try pool.submit {
            do { try explode() } catch { try promise.fail(error) }
        }.value()
        let failure = try #require(try promise.future.error() as? TaskFailure)
        #expect(failure.failure.frames.first?.function.contains("explode") == true, "\(failure.failure.frames)")
        try pool.shutdown()
    }

    @Test("Completing a promise twice is an error that names all three places, and changes nothing")
    func twice() throws {
        let made: UInt32 = #line + 1
        let promise = Promise<Int>()
        let first: UInt32 = #line + 1
        try promise.succeed(1)
        var thrown: PromiseError?
        let again: UInt32 = #line + 1
        do { try promise.fail(Broken(part: 2)) } catch { thrown = error }
        guard case .alreadyCompleted(let path, let madeAt, let firstAt, let againAt)? = thrown else {
            Issue.record("thrown: \(String(describing: thrown))")
            return
        }
        #expect(path == promise.future.path)
        #expect([madeAt.line, firstAt.line, againAt.line] == [made, first, again])
        #expect(try promise.future.value() == 1)
        let sentence = thrown?.description ?? ""
        #expect(sentence.contains("was completed at") && sentence.contains("again at"), "\(sentence)")
    }

    @Test("Of many threads that complete a promise one does, and the others are told")
    func racing() throws {
        let pool = try ThreadPool(workers: 2)
        for _ in 0..<200 {
            let promise = Promise<Int>()
            let refused = Collected<PromiseError>()
            let tasks = (0..<4).map { number in
                pool.submit {
                    do { try promise.succeed(number) } catch let error as PromiseError { refused.add(error) }
                }
            }
            let value = try promise.future.value(timeout: .seconds(60))
            for task in tasks { try task.value() }
            #expect((0..<4).contains(value) && refused.all.count == 3)
        }
        try pool.shutdown()
    }

    @Test("A promise whose future was cancelled cannot be completed, and one that was completed cannot be cancelled")
    func cancelling() throws {
        let promise = Promise<Int>()
        let seen = Collected<Bool>()
        promise.future.whenDone { seen.add($0.isCancelled) }
        #expect(promise.future.cancel())
        #expect(promise.future.isCancelled && seen.all == [true])
        #expect(throws: CancellationError.self) { try promise.future.value() }
        #expect(throws: PromiseError.self) { try promise.succeed(1) }
        let other = Promise<Void>()
        try other.succeed()
        #expect(!other.cancel() && !other.future.isCancelled)
    }

    @Test("A promise that is released uncompleted fails its future, and its waiters continue")
    func released() throws {
        let pool = try ThreadPool(workers: 1)
        let line: UInt32 = #line + 1
        var promise: Promise<Int>? = Promise()
        let future = try #require(promise?.future)
        let waiter = pool.submit { try future.error() as? TaskFailure }
        promise = nil
        let error = try #require(try waiter.value()?.error as? PromiseError)
        guard case .broken(future.path, let made) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(made.line == line)
        try pool.shutdown()
    }

    @Test("A promise that goes together with its future ends as cancelled; its callbacks keep the future")
    func releasedTogether() throws {
        let seen = Collected<String>()
        do { _ = Promise<Int>() }
        do {
            let promise = Promise<Int>()
            promise.future.whenDone { seen.add($0.isCancelled ? "cancelled" : "ended") }.whenFailed { _ in
                seen.add("failed")
            }
        }
        #expect(seen.all == ["ended", "failed"])
    }

    @Test("What a callback of a promise submits hangs below it, inside a task and outside")
    func paths() throws {
        let pool = try ThreadPool(workers: 1)
        let promise = Promise<Int>()
        let paths = Collected<String>()
        let outer = pool.submit { promise.future.whenDone { _ in paths.add(pool.submit {}.path) } }
        _ = try outer.value()
        try pool.submit { try promise.succeed(1) }.value()
        let other = Promise<Int>()
        other.future.whenDone { _ in paths.add("\(CurrentTask.path ?? "") \(CurrentTask.name ?? "")") }
        try other.succeed(2)
        #expect(paths.all.first == "\(outer.path).1.1")
        #expect(paths.all.last?.hasSuffix(" callback") == true, "\(paths.all)")
        #expect(CurrentTask.path == nil)
        try pool.shutdown()
    }

    @Test("A callback outside of every task may end a pool")
    func callbackEndsPool() throws {
        let pool = try ThreadPool(workers: 1)
        let promise = Promise<Int>()
        let thrown = Collected<any Error>()
        pool.execute {}
        promise.future.whenDone { _ in
            do { try pool.shutdown() } catch { thrown.add(error) }
        }
        try promise.succeed(1)
        #expect(thrown.all.isEmpty, "\(thrown.all)")
    }
}
