import PoolModel
import PoolTrace

private enum Request {
    @TaskLocal static var id = "none"
    @TaskLocal static var user = 0
    static var seen: String { "\(id) \(user)" }

    /// Runs `body` with both.
    static func with<Result>(_ id: String, _ user: Int, _ body: () throws -> Result) rethrows -> Result {
        try $id.withValue(id) { try $user.withValue(user, operation: body) }
    }
}

/// What tasks have seen that return nothing.
private final class Notes: Sendable {
    private let notes = Guarded<Set<String>>([])
    func note(_ text: String) { notes.withLock { _ = $0.insert(text) } }
    var all: [String] { notes.withLock { $0.sorted() } }
}

private func carryingPool(_ name: String? = nil) throws -> ThreadPool {
    try ThreadPool(
        name: name, workers: 2,
        configuration: PoolConfiguration(carriers: [TaskLocalCarrier(Request.$id), TaskLocalCarrier(Request.$user)]))
}

func taskLocals() throws {
    let pool = try carryingPool()
    let notes = Notes()
    let futures = Request.with("a", 7) {
        [
            pool.submit { Request.seen }, pool.submit(input: 1) { _ in Request.seen },
            pool.submit(priority: .high) { Request.seen },
            pool.submit(deadline: .now + .seconds(600)) { Request.seen },
            pool.submit { try pool.submit { Request.seen }.value() },
            pool.submit { try pool.both(1, 2) { _, _ in Request.seen }.0 },
        ]
    }
    let outside = pool.submit { Request.seen }
    let inside = pool.submit {
        let inner = Request.with("inner", 1) { pool.submit { Request.seen } }
        return try Request.with("waiter", 2) { try inner.value() } + ", then " + Request.seen
    }
    // Whoever waits is in a context of its own, and in serial mode it is its thread that they run on.
    try Request.with("waiter", 3) {
        print(Set(try futures.map { try $0.value() }), try outside.value(), try inside.value())
    }
    try Request.with("b", 8) {
        print(Set(try pool.map(0..<300, chunkSize: 7) { _ in Request.seen }))
        print(try pool.starmap([(1, 2)]) { (_: Int, _: Int) in Request.seen })
        print(Set(try pool.lazyMap(0..<20, { _ in Request.seen }).map { try $0.get() }))
        print(Set(try pool.lazyMapUnordered(0..<20, { _ in Request.seen }).map { try $0.get() }))
        pool.execute { notes.note("execute " + Request.seen) }
        pool.execute(priority: .low) { notes.note("execute later " + Request.seen) }
        pool.execute(each: 0..<300) { _ in notes.note("execute each " + Request.seen) }
    }
    let map = Request.with("c", 9) { pool.submitMap(0..<300) { _ in Request.seen } }
    print(Set(try map.value()))
    try pool.shutdown()
    print(notes.all)
}

func callbackContext() throws {
    let pool = try ThreadPool(
        workers: 1, configuration: PoolConfiguration(carriers: [TaskLocalCarrier(Request.$id)]))
    let notes = Notes()
    var early: Future<Int>?
    whileBusy(pool) {
        early = Request.with("submitter", 1) { pool.submit { 1 } }
        Request.with("early", 2) { _ = early?.whenDone { _ in notes.note("early " + Request.id) } }
    }
    _ = try early?.value()
    pool.close()
    try pool.join()
    Request.with("late", 3) { _ = early?.whenDone { _ in notes.note("late " + Request.id) } }
    try pool.shutdown()
    Request.with("gone", 4) { _ = early?.whenDone { _ in notes.note("gone " + Request.id) } }
    let thread = TracedThread(carriers: [TaskLocalCarrier(Request.$id)]) { notes.note("thread " + Request.id) }
    try Request.with("starter", 5) { try thread.start() }
    try thread.join()
    print(notes.all)
}

@MainActor
func asyncTaskLocals() async throws {
    let pool = try carryingPool()
    try await Request.$id.withValue("a") {
        let submitted = pool.submit { () async -> String in
            await Task.yield()
            return Request.seen
        }
        let sync = pool.submit { Request.seen }
        let nested = pool.submit { () async throws -> String in
            await Task.yield()
            return try await Request.$user.withValue(5) { try await pool.submit { Request.seen }.value() }
        }
        let values = try await Request.$id.withValue("waiter") {
            try await [submitted.value(), sync.value(), nested.value()]
        }
        print(values)
        print(Set(try await pool.asyncMap(0..<20) { _ in Request.seen }))
        let ids = await withBoundedTaskGroup(of: String.self, maximumConcurrency: 2, on: pool) { group in
            for _ in 0..<20 { await group.addTask { Request.seen } }
            var seen = Set<String>()
            while let id = await group.next() { seen.insert(id) }
            return seen
        }
        print(ids)
    }
    try await pool.shutdown()
}

/// Counts what it is told, by the names of tasks.
private final class Counts: TaskObserver {
    private struct Count {
        var submitted = 0
        var started = 0
        var ended: [Outcome: Int] = [:]
        var dropped: [Outcome: Int] = [:]
        var hasTimes = true
    }

    private let counts = Guarded<[String: Count]>([:])

    private func count(_ task: ObservedTask, _ body: (inout Count) -> Void) {
        // Without a name: what keeps the worker busy in parallel mode.
        guard let name = task.name else { return }
        counts.withLock { body(&$0["\(task.pool) \(name)", default: Count()]) }
    }

    func submitted(_ count: Int, of tasks: ObservedTask) { self.count(tasks) { $0.submitted += count } }

    func started(_ task: ObservedTask, after wait: Duration) {
        count(task) {
            $0.started += 1
            $0.hasTimes = $0.hasTimes && wait >= .zero && CurrentTask.name == task.name
        }
    }

    func ended(_ task: ObservedTask, _ outcome: Outcome, after run: Duration) {
        count(task) {
            $0.ended[outcome, default: 0] += 1
            $0.hasTimes = $0.hasTimes && run > .zero && CurrentTask.path != nil && CurrentTask.pool == task.pool
        }
    }

    func dropped(_ count: Int, of tasks: ObservedTask, _ outcome: Outcome) {
        self.count(tasks) { $0.dropped[outcome, default: 0] += count }
    }

    var lines: [String] {
        func text(_ outcomes: [Outcome: Int]) -> String {
            Outcome.allCases.map { "\(outcomes[$0] ?? 0)" }.joined(separator: "/")
        }
        return counts.withLock { $0 }.sorted { $0.key < $1.key }.map { name, count in
            "\(name): \(count.submitted) \(count.started) \(text(count.ended)) \(text(count.dropped)) \(count.hasTimes)"
        }
    }
}

@MainActor
func observers() async throws {
    let counts = Counts()
    try observeThreads(counts)
    let pool = try ThreadPool(name: "async", workers: 2, configuration: PoolConfiguration(observers: [counts]))
    _ = try await pool.submit(name: "good") { () async in await Task.yield() }.value()
    _ = try await pool.submit(name: "bad") { () async throws in throw Broken(part: 1) }.error()
    _ = try? await pool.asyncMap(0..<10, name: "map") { if $0 % 5 == 1 { throw Broken(part: $0) } }
    try await pool.shutdown()
    _ = try await pool.submit(name: "refused") { () async in }.error()
    print(counts.lines.joined(separator: "\n"))
}

/// All that may become of a task.
private func observeThreads(_ counts: Counts) throws {
    let configuration = PoolConfiguration(observers: [counts])
    let pool = try ThreadPool(name: "p", workers: 1, configuration: configuration)
    try pool.submit(name: "good") {}.value()
    _ = try pool.submit(name: "bad", input: 1) { throw Broken(part: $0) }.error()
    pool.execute(name: "execute") {}
    pool.execute(each: 0..<100, name: "each") { _ in }
    _ = try? pool.map(0..<100, name: "map") { if $0 % 40 == 7 { throw Broken(part: $0) } }
    _ = try pool.submit(name: "late", deadline: .now - .seconds(1)) {}.error()
    try pool.submit(name: "outer") { try pool.submit(name: "inner") {}.value() }.value()
    whileBusy(pool) {
        pool.submit(name: "cancelled") {}.cancel()
        pool.submitMap(0..<100, name: "cancelled map") { $0 }.cancel()
    }
    let own = Guarded<Future<Void>?>(nil)
    let asked = pool.submit(name: "asked") {
        while own.withLock({ $0 }) == nil {}
        own.withLock { $0 }?.cancel()
        try CurrentTask.checkCancellation()
    }
    own.withLock { $0 = asked }
    _ = try asked.error()
    try pool.shutdown()
    _ = try pool.submit(name: "refused") {}.error()
    let ended = try ThreadPool(name: "terminated", workers: 1, configuration: configuration)
    whileBusy(ended) {
        for _ in 0..<10 { ended.execute(name: "queued") {} }
        ended.terminate()
    }
    try ended.shutdown()
}
