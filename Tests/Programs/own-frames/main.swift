// Throws in a task submitted in each of the ways that there are, and prints the failures' reports; those that nobody
// retrieves come on standard error at the end. The test that runs this looks for PoolTrace's own frames in them.
//
// A task has the name of its case. No two bodies are the same: the optimizer would merge them.
import PoolTrace

/// Prints the report of what a case has thrown, which may be the failure of a part of it.
func show(_ error: any Error) { print((error as? TaskFailure)?.error(as: TaskFailure.self) ?? error) }

@MainActor
func run(_ body: () throws -> Void) {
    do { try body() } catch { show(error) }
}

let pool = try ThreadPool(name: "frames", workers: 2)
let numbers = [given]

// MARK: One task

pool.execute(name: "execute") { use(try explode() &* 3 &+ 1) }
pool.execute(name: "execute with a priority", priority: .high) { use(try explode() &* 4 &+ 2) }
run { _ = try pool.submit(name: "submit") { try explode() &* 5 &+ 3 }.value() }
run { _ = try pool.submit(name: "submit with an input", input: given) { try explode() &* 6 &+ $0 }.value() }
run { _ = try pool.submit(name: "submit with a priority", priority: .high) { try explode() &* 7 &+ 4 }.value() }
run {
    _ = try pool.submit(name: "submit with a deadline", deadline: .now + .seconds(600)) { try explode() &* 8 &+ 5 }
        .value()
}
run { _ = try pool.apply(name: "apply") { try explode() &* 9 &+ 6 } }
run { _ = try pool.submit(name: "submit of any type") { try [explode()].map(String.init) }.value() }

// MARK: Many

run { _ = try pool.map(numbers, name: "map") { try explode() &* 10 &+ $0 } }
run { _ = try pool.map(numbers.lazy.filter { $0 > 0 }, name: "map of a sequence") { try explode() &* 11 &+ $0 } }
run { _ = try pool.starmap([(given, "a")], name: "starmap") { try explode() &* 12 &+ $0 + $1.utf8.count } }
run { _ = try pool.submitMap(numbers, name: "submitMap") { try explode() &* 13 &+ $0 }.value() }
pool.execute(each: numbers, name: "execute(each:)") { use(try explode() &* 14 &+ $0) }
run { for number in pool.lazyMap(numbers, name: "imap", { try explode() &* 15 &+ $0 }) { use(try number.get()) } }
run {
    for number in pool.lazyMapUnordered(numbers, name: "imapUnordered", { try explode() &* 16 &+ $0 }) {
        use(try number.get())
    }
}

// MARK: Fork and join

run {
    _ = try pool.both(1, given + 1, name: "both, the second") { number, _ in
        number == 1 ? 0 : try explode() &* 17 &+ number
    }
}
run {
    _ = try pool.both(1, given + 1, name: "both, the first") { number, _ in
        number != 1 ? 0 : try explode() &* 18 &+ number
    }
}
run { _ = try pool.both(0, 4, name: "both within both") { try split($0, $1) } }

// MARK: Async

@MainActor
func runAsync(_ body: () async throws -> Void) async {
    do { try await body() } catch { show(error) }
}

await runAsync {
    _ = try await pool.submit(name: "async submit") { () async throws -> Int in
        await Task.yield()
        return try explode() &* 19 &+ 7
    }.value()
}
await runAsync {
    _ = try await pool.submit(name: "async submit with an input", input: given) { (number: Int) async throws -> Int in
        await Task.yield()
        return try explode() &* 20 &+ number
    }.value()
}
await runAsync {
    _ = try await pool.asyncMap(numbers, name: "asyncMap") { number in
        await Task.yield()
        return try explode() &* 21 &+ number
    }
}
await runAsync {
    let stream = AsyncStream { continuation in
        continuation.yield(given)
        continuation.finish()
    }
    _ = try await pool.asyncMap(stream, name: "asyncMap of a sequence") { number in try explode() &* 22 &+ number }
}

// MARK: Threads

run {
    let thread = TracedThread(name: "thread") { use(try explode() &* 23 &+ 8) }
    try thread.start()
    try thread.join()
}
run {
    let timer = TracedTimer(after: .zero, name: "timer") { use(try explode() &* 24 &+ 9) }
    try timer.start()
    try timer.thread.join()
}

// MARK: What else of PoolTrace may lie between a task and its throw

run {
    let lock = RecursiveLock()
    _ = try pool.submit(name: "under a lock") { try lock.withLock { try explode() &* 25 &+ 10 } }.value()
}
run {
    let carried = try ThreadPool(
        workers: 1, configuration: PoolConfiguration(carriers: [TaskLocalCarrier(Local.$word)]))
    defer { try? carried.shutdown() }
    _ = try carried.submit(name: "with a task-local value") { try explode() &* 26 &+ 11 }.value()
}
run {
    _ = try pool.submit(name: "awaits a failed one") {
        try pool.submit(name: "failed one") { try explode() &* 27 &+ 12 }.value()
    }.value()
}

// MARK: Functions of the program with names of PoolTrace's own

run { _ = try pool.submit(name: "namesake function") { try Namesakes.Fork().runFrame(Int.self) + 13 }.value() }
run { _ = try pool.submit(name: "namesake method") { try Namesakes.Future().takeAndRunBody() + 14 }.value() }
run { _ = try pool.submit(name: "namesake extension") { try pool.submit(twice: given) + 15 }.value() }

// MARK: Processes

run {
    let processes = try ProcessPool(name: "processes", workers: 1)
    defer { try? processes.shutdown() }
    processes.execute(Explosion.self, given, name: "process execute")
    run { _ = try processes.submit(Explosion.self, given, name: "process submit").value() }
    run { _ = try processes.apply(Explosion.self, given, name: "process apply") }
    run { _ = try processes.map(Explosion.self, over: numbers, name: "process map") }
    run { _ = try processes.submitMap(Explosion.self, over: numbers, name: "process submitMap").value() }
    run {
        for number in processes.lazyMap(Explosion.self, over: numbers, name: "process imap") { use(try number.get()) }
    }
}

try pool.shutdown()
