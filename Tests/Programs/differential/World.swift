import Dispatch
import Foundation
import PoolSchedule
import PoolTrace
import Synchronization

/// One run of a plan: what the tasks share, and what came of it.
///
/// How a run ends: the cells, what each task read, which waits with a limit timed out, and who waited for ever.
final class World: Sendable {
    private struct Memory {
        var cells = Array(repeating: 0, count: Plan.cells)
        var reads: [[Int]]
        /// Those that are in the middle of a wait.
        var waiting: Set<Int> = []
        var ended = 0
        var started = 1
        /// Once nothing could go on: what there was then.
        var deadlock: String?
        var futures: [Int: Future<Void>] = [:]
        var threads: [Int: TracedThread] = [:]
        /// Counts everything that happens.
        var progress = 0

        var text: String {
            "cells \(cells) reads \(reads)" + (waiting.isEmpty ? "" : " stuck \(waiting.sorted())")
        }
    }

    private let plan: Plan
    private let pools: [ThreadPool]
    /// Whether waits for locks and conditions may be given up from outside, so that they come back from time to time.
    private let isNative: Bool
    private let memory: Mutex<Memory>
    /// Whether the run that goes on now has come to a deadlock, which is noted: everybody comes to the end.
    private static let over = Atomic<Bool>(false)
    private let flags: [any PlannedFlag]
    /// None for those that are queues.
    private let locks: [(any PlannedLock)?]
    private let queues: [DispatchQueue]
    private let semaphores: [any PlannedSemaphore]
    private let once = Once()

    init(_ plan: Plan, on pools: [ThreadPool], isNative: Bool) {
        (self.plan, self.pools, self.isNative) = (plan, pools, isNative)
        memory = Mutex(Memory(reads: Array(repeating: [], count: plan.operations.count)))
        flags = plan.flagKinds.map { kind in
            switch kind {
            case .system: SystemFlag()
            case .foundation: FoundationFlag()
            default: Event()
            }
        }
        locks = plan.lockKinds.map { kind in
            switch kind {
            case .poolTrace: RecursiveLock()
            case .system: SystemLock()
            case .foundation: NSLock()
            case .dispatch: nil
            }
        }
        queues = plan.lockKinds.map { _ in DispatchQueue(label: "lock") }
        semaphores = plan.semaphoreKinds.map { kind in
            switch kind {
            case .system: SystemSemaphore()
            case .dispatch: QueueSemaphore()
            default: Semaphore(1)
            }
        }
        Self.over.store(false, ordering: .sequentiallyConsistent)
    }

    static var isOver: Bool { over.load(ordering: .sequentiallyConsistent) }

    /// What came of it, once it is over.
    var outcome: String { memory.withLock { $0.deadlock ?? $0.text } }

    /// Runs main's part and waits for all others.
    func run() {
        perform(0)
        for task in plan.operations.indices.dropFirst() { join(task, by: 0) }
    }

    /// Nothing can go on: notes what there is, and has everybody come to the end.
    func giveUp() {
        memory.withLock { memory in
            if memory.deadlock == nil { memory.deadlock = memory.text }
        }
        Self.over.store(true, ordering: .sequentiallyConsistent)
        // Dispatch's waits come back for nothing else.
        for case let semaphore as QueueSemaphore in semaphores { for _ in plan.operations { semaphore.giveBack() } }
        guard isNative else { return }
        for flag in flags { flag.set() }
    }

    /// What has happened, and whether everybody who has started and not ended waits; another thread may look.
    var look: (progress: Int, isStill: Bool) {
        memory.withLock { ($0.progress, $0.waiting.count == $0.started - $0.ended && $0.deadlock == nil) }
    }

    private func perform(_ task: Int) {
        starts(task)
        var generator = SplitMix64(seed: isNative ? UInt64(clock()) &+ UInt64(task) << 32 : 0)
        perform(plan.operations[task].indices, of: task, &generator)
        // Main goes on to wait for the others.
        guard task > 0 else { return }
        memory.withLock { memory in
            memory.ended += 1
            memory.progress += 1
        }
    }

    private func perform(_ range: Range<Int>, of task: Int, _ generator: inout SplitMix64) {
        let operations = plan.operations[task]
        var next = range.lowerBound
        while next < range.upperBound {
            if Self.isOver { break }
            if isNative { delay(&generator) }
            guard let (lock, limit) = operations[next].lock,
                let end = operations[next..<range.upperBound].firstIndex(where: { $0.unlocked == lock })
            else {
                perform(operations[next], task, next)
                next += 1
                continue
            }
            hold(lock, within: limit, by: task) { perform(next + 1..<end, of: task, &generator) }
            next = end + 1
        }
    }

    /// Runs `body` with a lock, or without it if it was not to be had.
    private func hold(_ lock: Int, within limit: Plan.Limit?, by task: Int, _ body: () -> Void) {
        guard let own = locks[lock] else {
            begins(task)
            return queues[lock].sync {
                ends(task)
                body()
            }
        }
        let isHeld: Bool
        if let limit {
            isHeld = waiting(task) { own.take(within: Self.duration(of: limit)) }
            note(task, isHeld)
        } else {
            isHeld = take(task) { own.take(within: $0) }
        }
        body()
        if isHeld { own.giveBack() }
    }

    /// The same for an async task.
    private func performAsync(_ task: Int) async {
        starts(task)
        var generator = SplitMix64(seed: isNative ? UInt64(clock()) &+ UInt64(task) << 32 : 0)
        for (number, operation) in plan.operations[task].enumerated() {
            if Self.isOver { break }
            if isNative { delay(&generator) }
            switch operation {
            case .yield: await Task.yield()
            case .sleep(let limit): try? await Task.sleep(for: Self.duration(of: limit))
            case .join(let child):
                begins(task)
                _ = try? await handles(of: child).0?.value()
                try? await handles(of: child).1?.join()
                ends(task)
            case .limited(.join(let child), let limit):
                begins(task)
                var hasCome = true
                if let future = handles(of: child).0 {
                    do { try await future.value(timeout: Self.duration(of: limit)) } catch is TimeoutError {
                        hasCome = false
                    } catch {}
                } else {
                    try? await handles(of: child).1?.join()
                }
                ends(task)
                note(task, hasCome)
            default: perform(operation, task, number)
            }
        }
        memory.withLock { memory in
            memory.ended += 1
            memory.progress += 1
        }
    }

    private func perform(_ operation: Plan.Operation, _ task: Int, _ number: Int) {
        switch operation {
        case .yield: fatalError("not in an async task: \(operation)")
        case .lock, .unlock: fatalError("in no pair: \(operation)")
        case .sleep(let limit):
            begins(task)
            usleep(UInt32(Self.duration(of: limit) / .microseconds(1)))
            ends(task)
        case .once:
            begins(task)
            once.run {
                ends(task)
                touch(0, task, number)
            }
            ends(task)
        case .touch(let cell): touch(cell, task, number)
        case .start(let child): start(child)
        case .join(let child): join(child, by: task)
        case .set(let flag):
            flags[flag].set()
        case .await(let flag):
            _ = waiting(task) { flags[flag].wait(within: nil) }
        case .acquire(let semaphore): _ = take(task) { semaphores[semaphore].take(within: $0) }
        case .release(let semaphore): semaphores[semaphore].giveBack()
        case .limited(let wait, let limit): perform(wait, within: Self.duration(of: limit), task)
        }
    }

    private func touch(_ cell: Int, _ task: Int, _ number: Int) {
        memory.withLock { memory in
            memory.reads[task].append(memory.cells[cell])
            memory.cells[cell] = task * 100 + number + 1
            memory.progress += 1
        }
    }

    /// Notes whether a wait with a limit came to its end before.
    private func note(_ task: Int, _ hasCome: Bool) {
        memory.withLock { $0.reads[task].append(hasCome ? Self.came : Self.timedOut) }
    }

    /// Waits with a limit, and notes whether it came to its end.
    private func perform(_ wait: Plan.Operation, within limit: Duration, _ task: Int) {
        var hasCome = true
        waiting(task) {
            switch wait {
            case .join(let child):
                let (future, thread) = handles(of: child)
                if let future {
                    do { try future.value(timeout: limit) } catch is TimeoutError { hasCome = false } catch {}
                } else if let thread {
                    do { try thread.join(timeout: limit) } catch is TimeoutError { hasCome = false } catch {}
                }
            case .await(let flag): hasCome = flags[flag].wait(within: limit)
            case .acquire(let semaphore): hasCome = semaphores[semaphore].take(within: limit)
            default: fatalError("no wait: \(wait)")
            }
        }
        note(task, hasCome)
    }

    // No cell has these.
    private static let (came, timedOut) = (-1, -2)

    /// In a parallel run both ends of it come about.
    private static func duration(of limit: Plan.Limit) -> Duration {
        switch limit {
        case .short: .microseconds(20)
        case .long: .microseconds(60)
        }
    }

    private func handles(of child: Int) -> (Future<Void>?, TracedThread?) {
        memory.withLock { ($0.futures[child], $0.threads[child]) }
    }

    private func start(_ child: Int) {
        let body: @Sendable () -> Void = { self.perform(child) }
        switch plan.places[child] {
        case .pool(let pool):
            let future = pools[pool].submit(body)
            memory.withLock { $0.futures[child] = future }
        case .thread:
            let thread = TracedThread(body)
            try? thread.start()
            memory.withLock { $0.threads[child] = thread }
        case .async:
            let done = Promise<Void>(name: "async")
            memory.withLock { $0.futures[child] = done.future }
            Task {
                await self.performAsync(child)
                try? done.succeed(())
            }
        }
    }

    private func join(_ child: Int, by task: Int) {
        let (future, thread) = handles(of: child)
        guard future != nil || thread != nil else { return }
        waiting(task) {
            _ = try? future?.value()
            try? thread?.join()
        }
    }

    /// Waits by `take` until it has what it wants, or all is over.
    private func take(_ task: Int, _ take: (Duration?) -> Bool) -> Bool {
        waiting(task) {
            // Given up, in a serial run.
            guard isNative else { return take(nil) }
            while !Self.isOver { if take(.milliseconds(2)) { return true } }
            return false
        }
    }

    private func waiting<Result>(_ task: Int, _ body: () -> Result) -> Result {
        begins(task)
        defer { ends(task) }
        return body()
    }

    /// A task begins; until then it may be in a queue behind one that never ends.
    private func starts(_ task: Int) {
        memory.withLock { memory in
            if task > 0 { memory.started += 1 }
            memory.progress += 1
        }
    }

    /// A task begins to wait.
    private func begins(_ task: Int) { memory.withLock { _ = $0.waiting.insert(task) } }

    private func ends(_ task: Int) {
        memory.withLock { memory in
            if !Self.isOver { memory.waiting.remove(task) }
            memory.progress += 1
        }
    }

    private func delay(_ generator: inout SplitMix64) {
        switch generator.next() % 8 {
        // As long as the limits of waits.
        case 3 where plan.hasLimits: usleep(30)
        case 0: sched_yield()
        case 1, 2: for _ in 0..<generator.next() % 2000 { _ = getpid }
        default: break
        }
    }
}

extension Plan.Operation {
    /// The lock that it takes, and the limit of its wait.
    fileprivate var lock: (Int, Plan.Limit?)? {
        switch self {
        case .lock(let lock): (lock, nil)
        case .limited(.lock(let lock), let limit): (lock, limit)
        default: nil
        }
    }

    fileprivate var unlocked: Int? { if case .unlock(let lock) = self { lock } else { nil } }
}
