import Glibc
import PoolModel
import PoolTrace
import Synchronization

/// Counts how many are inside, and the most there ever were.
final class Crowd: Sendable {
    private let now = Atomic<Int>(0)
    private let most = Atomic<Int>(0)
    var mostAtOnce: Int { most.load(ordering: .sequentiallyConsistent) }

    func visit(_ body: () async throws -> Void) async rethrows {
        most.max(now.add(1, ordering: .sequentiallyConsistent).newValue, ordering: .sequentiallyConsistent)
        defer { now.subtract(1, ordering: .sequentiallyConsistent) }
        try await body()
    }
}

/// Opens once; who waits for it is suspended until then, also by another thread than the pool's.
actor Door {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}

@MainActor
private var mainVisits = 0

/// A path without its root: the main actor goes on on whichever thread Swift gives it.
private func inMap(_ path: String) -> Substring { path[(path.firstIndex(of: "[") ?? path.startIndex)...] }

@MainActor
func executor() async throws {
    let pool = try ThreadPool(name: "async", workers: 1)
    // A thousand tasks on one worker, each of which suspends: none holds it.
    let sum = await withTaskExecutorPreference(pool) {
        await withTaskGroup(of: Int.self) { group in
            for part in 0..<1000 {
                group.addTask {
                    await Task.yield()
                    return part
                }
            }
            var sum = 0
            for await part in group { sum += part }
            return sum
        }
    }
    print(sum)
    // They wait for each other, through an actor, and by way of the main thread.
    let door = Door()
    let paths = await withTaskExecutorPreference(pool) {
        async let first: String? = {
            await door.pass()
            return CurrentTask.path
        }()
        async let second: String? = {
            await MainActor.run { mainVisits += 1 }
            await door.open()
            return CurrentTask.path
        }()
        return await [first, second]
    }
    print(paths.allSatisfy { $0 != nil }, mainVisits)
    let task = Task(executorPreference: pool) { CurrentTask.name ?? "none" }
    print(await task.value)
    try await pool.shutdown()
    // A pool that is gone leaves them to Swift.
    print(await withTaskExecutorPreference(pool) { 7 })
}

@MainActor
func asyncMap() async throws {
    let pool = try ThreadPool(workers: 2)
    let crowd = Crowd()
    let results = try await pool.asyncMap(0..<1000, maximumConcurrency: 3) { part in
        await crowd.visit { await Task.yield() }
        return part * 2
    }
    print(results == (0..<1000).map { $0 * 2 }, crowd.mostAtOnce <= 3)
    print(try await pool.asyncMap([Int](), { $0 }), try await pool.asyncMap("abc", { "\($0)\($0)" }))
    let stream = AsyncStream<Int> { continuation in
        for part in 0..<10 { continuation.yield(part) }
        continuation.finish()
    }
    print(try await pool.asyncMap(stream, maximumConcurrency: 2) { "\($0) \(inMap(CurrentTask.path ?? "?"))" }[9])
    // A map inside an element of a map, on one worker's worth of pool.
    print(try await pool.asyncMap(0..<3) { part in try await pool.asyncMap(0..<3) { $0 + part }.reduce(0, +) })
    // Element by element, a suspension between the submits of each: the paths do not depend on who runs them.
    print(
        try await pool.asyncMap(0..<2) { _ in
            let first = pool.submit { 1 }
            await Task.yield()
            return [inMap(first.path), inMap(pool.submit { 2 }.path)]
        })
    try await pool.shutdown()
}

@MainActor
func asyncMapFails() async throws {
    let pool = try ThreadPool(workers: 2)
    do {
        _ = try await pool.asyncMap(0..<100, maximumConcurrency: 4, name: "fetch") { part in
            await Task.yield()
            if part % 40 == 7 { throw Broken(part: part) }
        }
    } catch let failure as TaskFailure {
        print(failure.error, inMap(failure.failure.path), failure.failure.input ?? "?", failure.failure.name ?? "?")
        print(failure.failure.site.file, failure.report.others)
    }
    do {
        _ = try await pool.asyncMap(0..<100, onFailure: .collectAll) { part in
            if part % 40 == 7 { throw Broken(part: part) }
        }
    } catch let failures as TaskFailures {
        print(failures.failures.map { inMap($0.failure.path) })
    }
    let started = Total()
    do {
        _ = try await pool.asyncMap(0..<1000, maximumConcurrency: 1, onFailure: .failFast) { part in
            started.add(1)
            await Task.yield()
            if part == 3 { throw Broken(part: part) }
        }
    } catch let failure as TaskFailure {
        print(failure.error, started.value)
    }
    try await pool.shutdown()
}

/// The inputs themselves throw, before any element, between elements and behind the last.
@MainActor
func asyncMapOfFailingStream() async throws {
    let pool = try ThreadPool(workers: 2)
    for before in [0, 3, 10] {
        let stream = AsyncThrowingStream<Int, any Error> { continuation in
            for part in 0..<before { continuation.yield(part) }
            continuation.finish(throwing: Broken(part: before))
        }
        let (started, ended) = (Total(), Total())
        do {
            _ = try await pool.asyncMap(stream, maximumConcurrency: 2) { _ in
                started.add(1)
                await Task.yield()
                ended.add(1)
            }
            print("mapped")
        } catch {
            print(error, started.value == ended.value)
        }
    }
    print(try await pool.submit { 7 }.value())
    try await pool.shutdown()
}

@MainActor
func asyncCancellation() async throws {
    let pool = try ThreadPool(workers: 2)
    let (started, door) = (Total(), Door())
    let map = Task {
        try await pool.asyncMap(0..<100, maximumConcurrency: 2) { _ in
            started.add(1)
            await door.open()
            try await Task.sleep(for: .seconds(1000))
        }
    }
    await door.pass()
    map.cancel()
    switch await map.result {
    case .success: print("ended")
    case .failure(let error): print(type(of: error), started.value <= 2)
    }
    let inside = Door()
    let future = pool.submit {
        await inside.open()
        try await Task.sleep(for: .seconds(1000))
    }
    await inside.pass()
    future.cancel()
    do {
        try await future.value()
    } catch {
        print(type(of: error), future.isCancelled)
    }
    let last = Door()
    let ended = pool.submit {
        await last.open()
        try await Task.sleep(for: .seconds(1000))
    }
    await last.pass()
    try await pool.shutdown(cancelQueued: true)
    print(ended.isCancelled)
}

@MainActor
func asyncSubmit() async throws {
    let pool = try ThreadPool(workers: 1)
    let door = Door()
    let waits = pool.submit(name: "waits") {
        await door.pass()
        return CurrentTask.path ?? "none"
    }
    let opens = pool.submit(input: 5) { number in
        await door.open()
        return number + 1
    }
    let heard = Total()
    waits.whenSucceeded { _ in heard.add(1) }
    print(try await waits.value(), try await opens.value())
    let fails = pool.submit(name: "fails", input: "paper") { (input: String) async throws -> Int in
        await Task.yield()
        throw Broken(part: input.count)
    }
    do {
        print(try await fails.value())
    } catch let failure as TaskFailure {
        print(failure.error, failure.failure.input ?? "?")
        print(failure.failure.frames.first?.function ?? "no frames", failure.failure.ancestors.count)
    }
    // A task that blocks its worker for an async one: another worker stands in.
    let blocking = pool.submit { () throws -> Int in
        let inner = pool.submit { () async -> Int in
            await Task.yield()
            return 8
        }
        return try inner.value()
    }
    print(try await blocking.value())
    pool.close()
    do {
        try await pool.submit { await Task.yield() }.value()
    } catch let failure as TaskFailure {
        print(failure.error)
    }
    try await pool.shutdown()
    print(heard.value)
}

@MainActor
func boundedGroup() async throws {
    let pool = try ThreadPool(workers: 2)
    let crowd = Crowd()
    let total = await withBoundedTaskGroup(of: Int.self, maximumConcurrency: 3, on: pool) { group in
        for part in 0..<1000 {
            await group.addTask {
                await crowd.visit { await Task.yield() }
                return part
            }
        }
        var total = 0
        while let part = await group.next() { total += part }
        return total
    }
    print(total, crowd.mostAtOnce <= 3)
    do {
        try await withBoundedThrowingTaskGroup(of: Void.self, maximumConcurrency: 2, on: pool) { group in
            for part in 0..<10 {
                await group.addTask(name: "part") { if part == 4 { throw Broken(part: part) } }
            }
            try await group.waitForAll()
        }
    } catch let failure as TaskFailure {
        print(failure.error, failure.failure.name ?? "?")
    }
    // What the body throws cancels the children, and comes out when they have ended.
    let cancelled = Total()
    do {
        try await withBoundedThrowingTaskGroup(of: Void.self, maximumConcurrency: 2, on: pool) { group in
            for _ in 0..<2 {
                await group.addTask {
                    do {
                        try await Task.sleep(for: .seconds(1000))
                    } catch {
                        cancelled.add(1)
                        throw error
                    }
                }
            }
            throw Broken(part: 9)
        }
    } catch let error as Broken {
        print(error, cancelled.value)
    }
    print(
        await withBoundedTaskGroup(of: Int.self, maximumConcurrency: 2) { group in
            for part in 0..<100 { await group.addTask { part } }
            var total = 0
            while let part = await group.next() { total += part }
            return total
        })
    try await pool.shutdown()
}
