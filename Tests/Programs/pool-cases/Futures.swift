import Dispatch
import Glibc
import PoolModel
import PoolTrace

/// What several tasks write down.
final class Notes: @unchecked Sendable {
    private let lock = DispatchQueue(label: "notes")
    private var lines: [String] = []
    var sorted: [String] { lock.sync { lines.sorted() } }
    func add(_ line: String) { lock.sync { lines.append(line) } }
}

/// Callbacks, waits for several and promises: what is printed is the same in every mode and order.
func futures() throws {
    let pool = try ThreadPool(name: "futures", workers: 2)
    let notes = Notes()
    let parts = (0..<6).map { part in pool.submit(name: "part", input: part) { try describe($0) } }
    for part in parts {
        part.whenSucceeded { notes.add("value \($0)") }.whenFailed { notes.add("failed \($0.failure.input ?? "")") }
            .whenDone { _ in notes.add("child \(pool.submit {}.path)") }
    }
    print("completed", asCompleted(parts).reduce(0) { count, part in part.isDone ? count + 1 : count })
    print("inside", try pool.submit { try sumInside(pool) }.value())
    try waits(pool)
    try promises(pool)
    pool.close()
    try pool.join()
    for line in notes.sorted { print(line) }
    try pool.shutdown()
}

private func sumInside(_ pool: ThreadPool) throws -> Int {
    var sum = 0
    for part in asCompleted((0..<5).map { part in pool.submit { part } }) { sum += try part.value() }
    let (done, pending) = try wait(for: (0..<5).map { part in pool.submit { part } }, until: .firstCompleted)
    guard !done.isEmpty, done.count + pending.count == 5 else { return -1 }
    return sum
}

private func waits(_ pool: ThreadPool) throws {
    let never = Promise<Int>(name: "never")
    let some = [never.future, pool.submit { 1 }, pool.submit { throw Broken(part: 1) }]
    let failed = try wait(for: some, until: .firstFailed)
    print("failed first", failed.done.contains { $0 === some[2] }, failed.pending.contains { $0 === some[0] })
    print("failure", try some[2].error() is TaskFailure)
    let first = try wait(for: some, until: .firstCompleted)
    print("first", first.done.count >= 1, first.pending.first === some[0])
    _ = try some[1].value()
    let all = try wait(for: some, timeout: .milliseconds(1))
    print("all", all.done.count, all.pending.count)
    let completed = asCompleted(some, timeout: .milliseconds(50))
    do { while let next = try completed.next() { print("next", next === never.future) } } catch let error
        as TimeoutError
    {
        print("timeout", error.task == never.future.path, error.others)
    }
    print("cancelled", never.future.cancel(), never.cancel())
    do { try never.succeed(1) } catch { print(error == .cancelled(promise: never.future.path, made: error.made)) }
}

extension PromiseError {
    fileprivate var made: Site {
        switch self {
        case .alreadyCompleted(_, let made, _, _), .cancelled(_, let made), .broken(_, let made): made
        }
    }
}

private func promises(_ pool: ThreadPool) throws {
    // Tasks wait for what a later task completes.
    let answers = (0..<3).map { _ in Promise<Int>() }
    let consumers = answers.map { answer in pool.submit { try answer.future.value() + 1 } }
    let both = pool.submit { asCompleted(answers.map(\.future)).reduce(0) { $0 + ((try? $1.value()) ?? 100) } }
    let producer = pool.submit { for (number, answer) in answers.enumerated() { try answer.succeed(number * 10) } }
    print("consumers", try consumers.map { try $0.value() }, "both", try both.value())
    try producer.value()
    // A task asks itself to stop.
    let own = Promise<Future<Int>>()
    let stopped = pool.submit { () -> Int in
        try own.future.value().cancel()
        try CurrentTask.checkCancellation()
        return 1
    }
    try own.succeed(stopped)
    do { print(try stopped.value()) } catch is CancellationError { print("stopped", stopped.isCancelled) }
    // Nobody can complete a promise that is gone.
    var broken: Promise<Int>? = Promise<Int>()
    let future = broken?.future
    broken = nil
    if case .broken? = (try future?.error() as? TaskFailure)?.error as? PromiseError { print("broken") }
}

/// The same without blocking a thread.
func awaitedFutures() async throws {
    let pool = try ThreadPool(name: "futures", workers: 2)
    let parts = (0..<6).map { part in pool.submit(input: part) { try describe($0) } }
    var awaited = 0
    for await part in asCompleted(parts) where part.isDone { awaited += 1 }
    print("awaited", awaited)
    for part in parts { _ = try await part.error() }
    let never = Promise<Int>(name: "never")
    let some = [never.future, pool.submit { 1 }, pool.submit { throw Broken(part: 1) }]
    let failed = await wait(for: some, until: .firstFailed)
    print("failed first", failed.done.contains { $0 === some[2] }, try await some[2].error() is TaskFailure)
    do { for try await _ in asCompleted([never.future], timeout: .milliseconds(1)) {} } catch let error as TimeoutError
    {
        print("timeout", error.task == never.future.path)
    }
    do { _ = try await never.future.value(timeout: .milliseconds(1)) } catch is TimeoutError {
        print("timeout of value")
    }
    _ = try await some[1].value()
    let late = await wait(for: some, timeout: .milliseconds(1))
    print("pending", late.pending.count)
    let answer = Promise<Int>()
    pool.execute { try answer.succeed(5) }
    let value = try await answer.future.value()
    print("answer", value)
    never.cancel()
    try await pool.shutdown()
}

/// Failures that nobody asks for, with their futures and pools released in every order.
func unread() throws {
    let pool = try ThreadPool(name: "dropping", workers: 1)
    let gate = DispatchSemaphore(value: 0)
    // Released before it fails.
    _ = pool.submit(name: "before") {
        if !ProcessInfo.isSerial { gate.wait() }
        throw Broken(part: 1)
    }
    gate.signal()
    // Released after it has failed; a callback that does not look at the failure is no reader.
    var after: Future<Void>? = pool.submit(name: "after") { throw Broken(part: 2) }
    after?.whenDone { _ in }.whenSucceeded { print("no value") }
    while after?.isDone == false { sched_yield() }
    after = nil
    let waited = pool.submit(name: "waited") { throw Broken(part: 3) }
    _ = try wait(for: [waited])
    for _ in asCompleted([waited]) {}
    let read = pool.submit(name: "read") { throw Broken(part: 4) }
    _ = try read.error()
    try pool.shutdown()
    print("shut down")
    // A pool that is released without a shutdown.
    do {
        let done = DispatchSemaphore(value: 0)
        do {
            let other = try ThreadPool(name: "released", workers: 1)
            other.submit(name: "released") { throw Broken(part: 5) }
            other.execute { done.signal() }
        }
        if !ProcessInfo.isSerial { done.wait() }
    }
    try Promise<Int>(name: "promised").fail(Broken(part: 6))
    exit(0)
}

/// A promise that nobody in the pool can complete: a thread outside does, once it has read our notice of it.
func stuckPromise() throws {
    let pool = try ThreadPool(workers: 1)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0, dup2(ends[1], STDERR_FILENO) >= 0 else { return }
    let reading = ends[0]
    for isInside in [false, true] {
        let promise = Promise<Int>(name: "stuck")
        let future = promise.future
        let thread = Thread {
            var text = ""
            var byte: UInt8 = 0
            while !text.contains("can complete it"), read(reading, &byte, 1) == 1 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            }
            print(text.replacing(future.path, with: "PATH"))
            try? promise.succeed(5)
        }
        print(isInside ? try pool.submit { try future.value() }.value() : try future.value())
        thread.join()
    }
    try pool.shutdown()
}
