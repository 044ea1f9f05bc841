import Foundation
import PoolModel
import PoolTrace
import TestSupport
import Testing

/// Process pools of the test runner itself: a worker is the runner's executable, started anew.
@Suite("Process pools")
struct ProcessPoolTests {
    @Test("A task's value comes back from another process")
    func value() throws {
        let pool = try ProcessPool(name: "values", workers: 2)
        #expect(try pool.submit(Triple.self, 14).value() == 42)
        #expect(try pool.submit(WhoRuns.self, 0).value() != getpid())
        try pool.shutdown()
    }

    @Test("A map returns its outputs in order, whatever the chunks", arguments: [nil, 1, 7, 5000])
    func map(chunkSize: Int?) throws {
        let pool = try ProcessPool(workers: 2)
        #expect(try pool.map(Triple.self, over: 0..<1000, chunkSize: chunkSize) == (0..<1000).map { $0 * 3 })
        #expect(try pool.map(Triple.self, over: []) == [])
        try pool.shutdown()
    }

    @Test("An error of a type that is Codable crosses as that type, with where it was thrown")
    func typedError() throws {
        let pool = try ProcessPool(name: "odd", workers: 1)
        let future = pool.submit(Refuse.self, 5, name: "refuse")
        let failure = try #require(throws: TaskFailure.self) { try future.value() }
        #expect(failure.error(as: Refused.self) == Refused(number: 5, why: "odd"))
        #expect(failure.failure.input == "5")
        #expect(failure.failure.name == "refuse")
        #expect(failure.failure.type == "ProcessPoolTests.Refused")
        #expect(failure.failure.frames.first?.function.contains("Refuse.run") == true, "\(failure)")
        #expect(failure.failure.frames.first?.file.hasSuffix("ProcessTasks.swift") == true, "\(failure)")
        try pool.shutdown()
    }

    @Test("An error of another type keeps its type's name and its message")
    func untypedError() throws {
        let pool = try ProcessPool(workers: 1)
        let future = pool.submit(Refuse.self, 6)
        let failure = try #require(throws: TaskFailure.self) { try future.value() }
        let remote = try #require(failure.error(as: RemoteError.self))
        #expect(remote.type.hasSuffix("PlainRefusal"))
        #expect(remote.message == "six is refused")
        #expect(failure.failure.message == "six is refused")
        try pool.shutdown()
    }

    @Test("An error crosses whole, however large, and all elements of its map have ended")
    func largeError() throws {
        let pool = try ProcessPool(workers: 2)
        let failures = try #require(throws: TaskFailures.self) {
            try pool.map(RefuseAtLength.self, over: [3_000_000, 1, 2_000_000], onFailure: .collectAll)
        }
        let sizes = failures.failures.map { $0.error(as: Refused.self)?.why.utf8.count }
        #expect(sizes == [3_000_000, 1, 2_000_000])
        try pool.shutdown()
    }

    @Test("One element of a map fails, the others do not, and the failure names it")
    func failingElement() throws {
        let pool = try ProcessPool(workers: 2)
        let failures = try #require(throws: TaskFailures.self) {
            try pool.map(Refuse.self, over: [2, 5, 4, 6], onFailure: .collectAll)
        }
        #expect(failures.failures.map { String($0.failure.path.suffix(3)) } == ["[1]", "[3]"])
        #expect(failures.failures.map(\.failure.input) == ["5", "6"])
        try pool.shutdown()
    }

    @Test("A type that a worker would not find by name is refused at submit, with what to do")
    func privateType() throws {
        let pool = try ProcessPool(name: "hidden", workers: 1)
        let failure = try #require(throws: TaskFailure.self) { try pool.submit(Hidden.self, 1).value() }
        let error = try #require(failure.error(as: ProcessPoolError.self))
        #expect(error.description.contains("Hidden"), "\(error)")
        #expect(error.description.contains("declare it internal or public"), "\(error)")
        #expect(throws: ProcessPoolError.self) { try pool.map(Hidden.self, over: [1]) }
        #expect(try pool.submit(Triple.self, 1).value() == 3)
        try pool.shutdown()
    }

    @Test("A closed pool takes no more tasks")
    func closed() throws {
        let pool = try ProcessPool(name: "shut", workers: 1)
        try pool.shutdown()
        let failure = try #require(throws: TaskFailure.self) { try pool.submit(Triple.self, 1).value() }
        #expect(failure.error(as: PoolError.self) == .closed(pool: "shut"))
        #expect(throws: PoolError.self) { try pool.map(Triple.self, over: [1]) }
    }

    @Test("After its number of tasks a worker is another process")
    func maximumTasks() throws {
        let pool = try ProcessPool(workers: 1, configuration: ProcessPoolConfiguration(maximumTasksPerWorker: 3))
        let processes = try pool.map(WhoRuns.self, over: 0..<9, chunkSize: 9)
        #expect(Set(processes).count == 3)
        #expect(processes[0] == processes[2] && processes[2] != processes[3], "\(processes)")
        let more = try (0..<4).map { try pool.submit(WhoRuns.self, $0).value() }
        #expect(more[0] == more[2] && more[2] != more[3], "\(more)")
        try pool.shutdown()
    }

    @Test("The initializer runs once in each worker, before its first task")
    func initializer() throws {
        var configuration = ProcessPoolConfiguration()
        configuration.initialize(with: Remember.self, 17)
        let pool = try ProcessPool(workers: 2, configuration: configuration)
        #expect(try pool.map(Recall.self, over: 0..<20, chunkSize: 1).allSatisfy { $0 == 17 })
        try pool.shutdown()
    }

    @Test("An initializer that throws fails the task that waits for the worker, and says so")
    func failingInitializer() throws {
        var configuration = ProcessPoolConfiguration()
        configuration.initialize(with: Refuse.self, 5)
        let pool = try ProcessPool(workers: 1, configuration: configuration)
        let failure = try #require(throws: TaskFailure.self) { try pool.submit(Triple.self, 1).value() }
        #expect(failure.failure.message.contains("initializer ProcessPoolTests.Refuse"), "\(failure)")
        #expect(failure.failure.message.contains("odd"), "\(failure)")
        try pool.shutdown()
    }

    @Test("Buffers and strings of any size come back as they went", arguments: [0, 1, 1000, 100_000, 3_000_000])
    func buffers(size: Int) throws {
        let pool = try ProcessPool(workers: 1)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(try pool.submit(Reverse.self, bytes).value() == bytes.reversed())
        #expect(try pool.submit(ReverseData.self, Data(bytes)).value() == Data(bytes.reversed()))
        #expect(try pool.submit(Triple.self, 2).value() == 6)
        try pool.shutdown()
    }

    @Test("A cancelled task that runs is asked to stop, and ends as cancelled")
    func askedToStop() throws {
        let pool = try ProcessPool(workers: 1)
        let future = pool.submit(UntilAsked.self, 0)
        while !future.isRunning { usleep(1000) }
        future.cancel()
        #expect(throws: CancellationError.self) { try future.value(timeout: .seconds(20)) }
        try pool.shutdown()
    }

    @Test("Terminate kills the workers: the running task fails, the queued one is cancelled")
    func terminate() throws {
        let pool = try ProcessPool(name: "cut", workers: 1)
        let running = pool.submit(Sleep.self, 60)
        let queued = pool.submit(Sleep.self, 60)
        while !running.isRunning { usleep(1000) }
        pool.terminate()
        let failure = try #require(throws: TaskFailure.self) { try running.value(timeout: .seconds(20)) }
        #expect(failure.error(as: WorkerDiedError.self)?.reason == "the pool was terminated", "\(failure)")
        #expect(throws: CancellationError.self) { try queued.value(timeout: .seconds(20)) }
        try pool.shutdown()
    }

    @Test("A task's pool of threads hangs below it, and its path is the one of its pool's process")
    func nested() throws {
        let pool = try ProcessPool(workers: 1)
        let future = pool.submit(Nested.self, 3)
        let paths = try future.value()
        #expect(paths == [future.path, "\(future.path).1[0]", "\(future.path).1[1]", "\(future.path).1[2]"])
        try pool.shutdown()
    }
}

private enum Hidden: ProcessTask {
    static func run(_ input: Int) -> Int { input }
}
