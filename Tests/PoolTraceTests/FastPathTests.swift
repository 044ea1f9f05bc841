import PoolModel
import PoolTrace
import Synchronization
import Testing

/// What the short cuts for speed must not change.
@Suite("Fast paths")
struct FastPathTests {
    struct Failed: Error, Equatable { let part: Int }

    /// Counts its objects that are alive.
    final class Count: Sendable {
        let alive = Atomic<Int>(0)
    }

    final class Counted: Sendable {
        let count: Count
        init(_ count: Count) {
            self.count = count
            count.alive.add(1, ordering: .relaxed)
        }
        deinit { count.alive.subtract(1, ordering: .relaxed) }
    }

    @Test("A body's only capture may be a Task, an array or an object, thousands of times")
    func singleCaptures() async throws {
        let pool = try ThreadPool(workers: 2)
        let sum = Atomic<Int>(0)
        for number in 0..<5000 {
            let task = Task { number }
            pool.execute { task.cancel() }
            let array = [number, 1]
            pool.execute { sum.add(array[1], ordering: .relaxed) }
            let object = Gate()
            pool.execute { object.open() }
        }
        try await pool.shutdown()
        #expect(sum.load(ordering: .relaxed) == 5000)
    }

    @Test("What a body captures is released inside its task, wherever the memory is freed later")
    func capturesAreReleased() throws {
        final class Holder: Sendable {
            let released: Atomic<Int>
            init() { released = Atomic(0) }
        }
        final class Releases: Sendable {
            let holder: Holder
            init(_ holder: Holder) { self.holder = holder }
            deinit { holder.released.add(1, ordering: .sequentiallyConsistent) }
        }
        let pool = try ThreadPool(workers: 1)
        let holder = Holder()
        for count in 1...200 {
            let captured = Releases(holder)
            pool.execute { [number = count] in _ = (captured, number) }
            // On one worker: it has ended when the next one has.
            _ = try pool.submit {}.value()
        }
        try pool.shutdown()
        #expect(holder.released.load(ordering: .sequentiallyConsistent) == 200)
    }

    @Test("A value that nobody holds may wait for other tasks in its deinit", .timeLimit(.minutes(1)))
    func deinitOfAValueSubmits() throws {
        final class Waits: Sendable {
            let pool: ThreadPool
            init(_ pool: ThreadPool) { self.pool = pool }
            deinit { _ = try? pool.submit { 1 }.value() }
        }
        // The two workers release a value at the same time only now and then.
        for _ in 0..<20 {
            let pool = try ThreadPool(workers: 2)
            for _ in 0..<200 { pool.submit { Waits(pool) } }
            try pool.shutdown()
        }
    }

    @Test("Values of all sizes, and those that are never asked for, are kept and released once")
    func valuesOfAllSizes() throws {
        let pool = try ThreadPool(workers: 2)
        let count = Count()
        var numbers: [Future<(UInt64, UInt64, UInt64, UInt64)>] = []
        for number in 0..<UInt64(500) {
            numbers.append(pool.submit { (number, number + 1, number + 2, number + 3) })
            pool.submit { Counted(count) }
            pool.submit { (Counted(count), Counted(count), Counted(count), Counted(count), number) }
            pool.submit { number % 2 == 0 ? nil : Counted(count) }
        }
        for (number, future) in numbers.enumerated() { #expect(try future.value().3 == UInt64(number) + 3) }
        #expect(try pool.submit { "text" }.value() == "text")
        #expect(try pool.submit { SIMD8<Double>(repeating: 2) }.value().sum() == 16)
        try pool.shutdown()
        #expect(count.alive.load(ordering: .sequentiallyConsistent) == 0)
    }

    @Test("Elements that fail in the middle of many short ones are told apart, with their inputs and paths")
    func shortElementsFail() throws {
        let pool = try ThreadPool(workers: 2)
        let thrown = try #require(throws: TaskFailure.self) {
            try pool.map(0..<100_000, chunkSize: 10_000) { part in
                if part % 33_333 == 33_332 { throw Failed(part: part) }
            }
        }
        #expect(thrown.error as? Failed == Failed(part: 33_332))
        #expect(thrown.failure.input == "33332")
        #expect(thrown.failure.path.hasSuffix("[33332]"), "\(thrown.failure.path)")
        #expect(thrown.report.others == 2)
        try pool.shutdown()
    }

    @Test("What short elements submit hangs below them, numbered from 1")
    func shortElementsSubmit() throws {
        let pool = try ThreadPool(workers: 2)
        let paths = try pool.map(0..<2000, chunkSize: 500) { part in
            part % 100 == 50 ? pool.submit { part }.path : ""
        }
        for (part, path) in paths.enumerated() where part % 100 == 50 {
            #expect(path.hasSuffix("[\(part)].1"), "\(path)")
        }
        try pool.shutdown()
    }

    @Test("An error that an earlier element caught is not where a later one's was thrown")
    func throwSitesOfShortElements() throws {
        @inline(never) @Sendable
        func caught() { _ = try? thrower() }
        @inline(never) @Sendable
        func thrower() throws { throw Failed(part: 0) }
        let pool = try ThreadPool(workers: 1)
        let thrown = try #require(throws: TaskFailure.self) {
            try pool.map(0..<1000, chunkSize: 1000) { part in
                if part % 2 == 0 { caught() }
                if part == 501 { throw Failed(part: 0) }
            }
        }
        #expect(!thrown.failure.frames.contains { $0.function.contains("thrower") }, "\(thrown.failure.frames)")
        try pool.shutdown()
    }

    @Test("Results of a map that failed are released, those of one that succeeded belong to the caller")
    func resultsAreReleased() throws {
        let pool = try ThreadPool(workers: 2)
        let count = Count()
        #expect(throws: TaskFailure.self) {
            try pool.map(0..<1000) { part in
                if part == 500 { throw Failed(part: part) }
                return Counted(count)
            }
        }
        #expect(try pool.map(0..<1000) { _ in Counted(count) }.count == 1000)
        try pool.shutdown()
        #expect(count.alive.load(ordering: .sequentiallyConsistent) == 0)
    }

    @Test("execute(each:) runs every element, and reports those that fail when the pool is shut down")
    func executeEach() throws {
        let pool = try ThreadPool(workers: 2)
        let sum = Atomic<Int>(0)
        pool.execute(each: 0..<100_000) { sum.add($0, ordering: .relaxed) }
        pool.execute(each: [Int]()) { _ in sum.add(1, ordering: .relaxed) }
        try pool.shutdown()
        #expect(sum.load(ordering: .relaxed) == 100_000 * 99_999 / 2)
        // Another shutdown finds it over.
        try pool.shutdown()
    }

    @Test("A lazy collection, which threads may not share, is read by the caller")
    func lazyInputs() throws {
        let pool = try ThreadPool(workers: 2)
        var calls = 0
        let inputs = (0..<1000).lazy.map { number in
            calls += 1
            return number * 2
        }
        let results = try pool.map(inputs) { $0 + 1 }
        #expect(results == (0..<1000).map { $0 * 2 + 1 })
        #expect(calls == 1000)
        try pool.shutdown()
    }
}
