import PoolTrace
import Synchronization
import Testing

@Suite("Cancellation")
struct CancellationTests {
    struct Broken: Error, Equatable {}

    /// A task that runs until it is asked to stop, and what it does then.
    private func looping(
        in pool: ThreadPool, _ then: @escaping @Sendable () throws -> Int = { throw CancellationError() }
    ) -> Future<Int> {
        let started = Gate()
        let task = pool.submit {
            started.open()
            while !CurrentTask.isCancelled { yield() }
            return try then()
        }
        started.wait()
        return task
    }

    @Test("A running task that is cancelled is asked to stop, and ends as cancelled if it throws CancellationError")
    func asked() throws {
        let pool = try ThreadPool(workers: 1)
        let task = looping(in: pool) {
            try CurrentTask.checkCancellation()
            return 1
        }
        #expect(!task.isCancelled)
        #expect(!task.cancel())
        #expect(throws: CancellationError.self) { try task.value() }
        #expect(task.isCancelled && task.isDone && !task.isRunning)
        #expect(task.cancel())
        #expect(try task.error() is CancellationError)
        try pool.shutdown()
    }

    @Test("A task that was asked to stop may succeed or fail all the same")
    func refusing() throws {
        let pool = try ThreadPool(workers: 1)
        let good = looping(in: pool) { 5 }
        #expect(!good.cancel())
        #expect(try good.value() == 5)
        #expect(!good.isCancelled && !good.cancel())
        let bad = looping(in: pool) { throw Broken() }
        #expect(!bad.cancel())
        #expect((try bad.error() as? TaskFailure)?.error is Broken)
        #expect(!bad.isCancelled)
        try pool.shutdown()
    }

    @Test("A task that throws CancellationError and was not asked to stop has failed")
    func notAsked() throws {
        let pool = try ThreadPool(workers: 1)
        let task = pool.submit { throw CancellationError() }
        #expect((try task.error() as? TaskFailure)?.error is CancellationError)
        #expect(!task.isCancelled)
        try pool.shutdown()
    }

    @Test("A shutdown that cancels what is queued asks the running tasks, elements of a map among them, to stop")
    func shutdown() throws {
        let pool = try ThreadPool(workers: 2)
        let task = looping(in: pool)
        let element = Gate()
        let map = Collected<any Error>()
        let mapper = BackgroundSubmitter {
            do {
                _ = try pool.map(0..<10, chunkSize: 5) { _ in
                    element.open()
                    while !CurrentTask.isCancelled { yield() }
                    try CurrentTask.checkCancellation()
                }
            } catch { map.add(error) }
        }
        element.wait()
        try pool.shutdown(cancelQueued: true)
        mapper.join()
        #expect(task.isCancelled)
        #expect(map.all.count == 1 && map.all.first is CancellationError, "\(map.all)")
    }

    @Test("Only the task that was cancelled is asked, not the one that waits for it nor the one that it waits for")
    func onlyOne() throws {
        let pool = try ThreadPool(workers: 2)
        let seen = Collected<Bool>()
        let inner = Collected<Future<Void>>()
        let outer = pool.submit {
            let task = pool.submit {
                while inner.all.isEmpty { yield() }
                inner.all[0].cancel()
                seen.add(CurrentTask.isCancelled)
                try pool.submit { seen.add(CurrentTask.isCancelled) }.value()
            }
            inner.add(task)
            try task.value()
            seen.add(CurrentTask.isCancelled)
        }
        try outer.value()
        #expect(seen.all == [true, false, false])
        try pool.shutdown()
    }

    @Test("The current task has a path and a name inside, and neither outside")
    func currentTask() throws {
        let pool = try ThreadPool(workers: 1)
        let task = pool.submit(name: "walk") { (CurrentTask.path, CurrentTask.name, CurrentTask.isCancelled) }
        let seen = try task.value()
        #expect(seen == (task.path, "walk", false))
        #expect(try pool.submit { CurrentTask.name }.value() == nil)
        let element = try pool.map(0..<3, name: "part") { _ in CurrentTask.path ?? "" }
        #expect(element.allSatisfy { $0.hasSuffix("]") } && Set(element).count == 3, "\(element)")
        #expect(CurrentTask.path == nil && CurrentTask.name == nil && !CurrentTask.isCancelled)
        try CurrentTask.checkCancellation()
        try pool.shutdown()
    }
}
