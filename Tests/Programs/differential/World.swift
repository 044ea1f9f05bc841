import Glibc
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
    private let isOver = Atomic<Bool>(false)
    private let flags = (0..<Plan.flags).map { _ in Event() }
    private let locks = (0..<Plan.locks).map { _ in RecursiveLock() }
    private let semaphores = (0..<Plan.semaphores).map { _ in Semaphore(1) }

    init(_ plan: Plan, on pools: [ThreadPool], isNative: Bool) {
        (self.plan, self.pools, self.isNative) = (plan, pools, isNative)
        memory = Mutex(Memory(reads: Array(repeating: [], count: plan.operations.count)))
    }

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
        isOver.store(true, ordering: .sequentiallyConsistent)
        guard isNative else { return }
        for flag in flags { flag.set() }
    }

    /// What has happened, and whether everybody who has started and not ended waits; another thread may look.
    var look: (progress: Int, isStill: Bool) {
        memory.withLock { ($0.progress, $0.waiting.count == $0.started - $0.ended && $0.deadlock == nil) }
    }

    private func perform(_ task: Int) {
        var generator = SplitMix64(seed: isNative ? UInt64(clock()) &+ UInt64(task) << 32 : 0)
        for (number, operation) in plan.operations[task].enumerated() {
            if isOver.load(ordering: .sequentiallyConsistent) { break }
            if isNative { delay(&generator) }
            perform(operation, task, number)
        }
        // Main goes on to wait for the others.
        guard task > 0 else { return }
        memory.withLock { memory in
            memory.ended += 1
            memory.progress += 1
        }
    }

    /// The same for an async task.
    private func performAsync(_ task: Int) async {
        var generator = SplitMix64(seed: isNative ? UInt64(clock()) &+ UInt64(task) << 32 : 0)
        for (number, operation) in plan.operations[task].enumerated() {
            if isOver.load(ordering: .sequentiallyConsistent) { break }
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
                memory.withLock { $0.reads[task].append(hasCome ? Self.came : Self.timedOut) }
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
        case .yield, .sleep: fatalError("not in an async task: \(operation)")
        case .touch(let cell):
            memory.withLock { memory in
                memory.reads[task].append(memory.cells[cell])
                memory.cells[cell] = task * 100 + number + 1
                memory.progress += 1
            }
        case .start(let child): start(child)
        case .join(let child): join(child, by: task)
        case .lock(let lock): take(task) { locks[lock].acquire(timeout: $0) }
        case .unlock(let lock): try? locks[lock].release()
        case .set(let flag):
            flags[flag].set()
        case .await(let flag):
            waiting(task) { flags[flag].wait() }
        case .acquire(let semaphore): take(task) { semaphores[semaphore].acquire(timeout: $0) }
        case .release(let semaphore): try? semaphores[semaphore].release()
        case .limited(let wait, let limit): perform(wait, within: Self.duration(of: limit), task)
        }
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
            case .lock(let lock): hasCome = locks[lock].acquire(timeout: limit)
            case .await(let flag): hasCome = flags[flag].wait(timeout: limit)
            case .acquire(let semaphore): hasCome = semaphores[semaphore].acquire(timeout: limit)
            default: fatalError("no wait: \(wait)")
            }
        }
        memory.withLock { $0.reads[task].append(hasCome ? Self.came : Self.timedOut) }
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
        memory.withLock { $0.started += 1 }
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
    private func take(_ task: Int, _ take: (Duration?) -> Bool) {
        waiting(task) {
            // Given up, in a serial run.
            guard isNative else { return _ = take(nil) }
            while !take(.milliseconds(2)), !isOver.load(ordering: .sequentiallyConsistent) {}
        }
    }

    private func waiting(_ task: Int, _ body: () -> Void) {
        begins(task)
        body()
        ends(task)
    }

    /// A task begins to wait.
    private func begins(_ task: Int) { memory.withLock { _ = $0.waiting.insert(task) } }

    private func ends(_ task: Int) {
        memory.withLock { memory in
            if !isOver.load(ordering: .sequentiallyConsistent) { memory.waiting.remove(task) }
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
