import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// Describes failures, on a thread of PoolTrace's: the worker of a failed task leaves a `FailedTask` and goes on.
///
/// A failure is in one phase after the other, each entered inside `monitor`:
///
///     waiting -> describing(thread) -> completing -> described
///
/// 1. The worker numbers the failure and links it to `newest`: `add`. It shows the failure to others only afterwards,
///    so a thread that has one finds it in that list, or in the registry.
/// 2. A thread collects the list: `FailureRegistry.collect`. That reads debug information, and finds the failure's
///    signature and its place among those like it. It is PoolTrace's code alone; the describing thread does it, or a
///    thread that needs a failure sooner, or a worker that finds `mostWaiting` of them.
/// 3. One thread claims the failure, and alone runs the program's code for it, outside of every lock: what the error
///    and the input say of themselves. That is the describing thread, or the thread that asks for the failure while it
///    still waits; one that comes later waits for the first.
/// 4. The same thread completes it: it records the event, and then shows the description.
///
/// Who waits gives up after `patience`, and completes the failure itself, without a message: the program's code may
/// never come back, wait for a lock that the asking thread holds, or have crashed. Between (3) and (4) are two phases,
/// so that one of the two does, and the trace has the failure once. The thread that comes back too late finds it
/// completed.
/// A thread that asks, in the middle of a description, for the very failure that it describes is given it without a
/// message.
///
/// Reports are printed by threads that may be about to end the process, so what they print is described by the
/// describing thread alone, and they wait. A description that hangs holds up an exit for `patience`; then another
/// thread goes on with the next one, and the first ends if it ever comes back. There are `threads` of them at most, and
/// the last one that hangs leaves the rest without messages.
///
/// In serial mode a failure is described where it is made, by the holder of the baton, and there is no such thread:
/// only one task runs at a time, and a description at any other place would be another order. The same holds for
/// crashes, which the thread of the crash's report describes, and for races. A forked child has no such thread either:
/// there the thread that asks describes.
enum FailureDescriber {
    enum Phase {
        case waiting
        case describing(thread: UInt32)
        case completing
        case described(Failure)
    }

    /// What a failure has here: guarded by `monitor`.
    struct State {
        /// `nil` once it is described.
        var task: FailedTask?
        var phase = Phase.waiting
        /// Whether the thread that makes it describes it.
        let isDescribedAtOnce: Bool
        fileprivate var number: UInt64 = 0
        /// The one that failed before it, of those that nobody has collected.
        fileprivate var next: TaskFailure?

        init(task: FailedTask, isDescribedAtOnce: Bool) {
            self.task = task
            self.isDescribedAtOnce = isDescribedAtOnce
            if isDescribedAtOnce { phase = .describing(thread: pooltrace_own_thread_id()) }
        }

        fileprivate var described: Failure? { if case .described(let failure) = phase { failure } else { nil } }
    }

    /// How long one waits for a description.
    static let patience = Duration.seconds(5)
    /// How many threads describe, one after the other, as descriptions hang.
    private static let threads: UInt32 = 3
    /// How long a report, or the end of the process, waits for descriptions of which none hangs.
    private static let longest = Duration.seconds(20)
    /// The describing thread looks this often for what was left to describe, for a while after it had something to do:
    /// to wake it takes a worker longer than everything else.
    private static let nap = Duration.milliseconds(10)
    private static let naps = 5
    /// So many failures wake it from a nap, and so many have a worker collect them, since it is stuck.
    private static let manyWaiting = 512
    private static let mostWaiting = 8192

    private static let monitor = Monitor()

    private struct Shared {
        var last: UInt64 = 0
        /// The latest of the failures that nobody has collected.
        var newest: TaskFailure?
        var waiting = 0
        /// Those that somebody waits for: they come first.
        var wanted: [TaskFailure] = []
        /// The describing thread, which of those that there were it is, the process that it was started in, and what it
        /// describes.
        var thread: UInt32 = 0
        var generation: UInt32 = 0
        var process: pid_t = 0
        var inProgress: TaskFailure?
        /// It sleeps until it is woken.
        var isAsleep = false
        /// Another thread has collected failures that are to be described.
        var hasUndescribed = false
        /// It stands still in a crash.
        var hasCrashed = false
    }

    /// Guarded by `monitor`.
    nonisolated(unsafe) private static var shared = Shared()

    /// How many tasks have failed.
    static var count: UInt64 { monitor.withLock { shared.last } }

    // MARK: On the failing worker

    /// Makes the failure of a task, which is described later.
    static func add(_ task: FailedTask) -> TaskFailure {
        guard !isDescribedAtOnce(task) else { return addDescribed(task) }
        let failure = TaskFailure(task, isDescribedAtOnce: false)
        let (number, waiting) = link(failure)
        task.record(number: number)
        if waiting >= mostWaiting { FailureRegistry.collect() }
        return failure
    }

    private static func isDescribedAtOnce(_ task: FailedTask) -> Bool {
        switch task.origin {
        case .fault, .race: true
        case .thrown, .remote: Scheduling.describesFailuresAtOnce
        }
    }

    /// The texts come first: the failure is nobody else's meanwhile.
    private static func addDescribed(_ task: FailedTask) -> TaskFailure {
        let texts = task.texts
        let failure = TaskFailure(task, isDescribedAtOnce: true)
        _ = link(failure)
        FailureRegistry.collect()
        complete(failure, texts)
        return failure
    }

    private static func link(_ failure: TaskFailure) -> (number: UInt64, waiting: Int) {
        monitor.lock()
        defer { monitor.unlock() }
        shared.last += 1
        failure.state.number = shared.last
        failure.state.next = shared.newest
        shared.newest = failure
        shared.waiting += 1
        if shared.isAsleep || shared.waiting == manyWaiting { wake() }
        return (shared.last, shared.waiting)
    }

    /// Inside `monitor`.
    private static func wake() {
        shared.isAsleep = false
        monitor.notifyAll()
    }

    /// What has failed since the last call, in the order of the numbers.
    static func takeFailed() -> [(failure: TaskFailure, number: UInt64)] {
        monitor.withLock {
            var taken: [(TaskFailure, UInt64)] = []
            while let failure = shared.newest {
                taken.append((failure, failure.state.number))
                shared.newest = failure.state.next.take()
            }
            shared.waiting = 0
            return taken.reversed()
        }
    }

    // MARK: The describing thread

    /// Starts the thread, where there is to be one: with the first pool, since the first failure has no time for that.
    static func start() {
        guard !Scheduling.describesFailuresAtOnce else { return }
        let isFirst = monitor.withLock {
            guard shared.process != getpid() else { return false }
            shared.process = getpid()
            return true
        }
        if isFirst { startThread() }
    }

    private static func startThread() {
        let generation = monitor.withLock {
            shared.generation += 1
            shared.thread = 0
            shared.inProgress = nil
            shared.isAsleep = false
            return shared.generation
        }
        let isStarted = BackgroundThread.start(name: "failures") { run(generation) }
        if !isStarted { monitor.withLock { shared.process = 0 } }
    }

    /// Starts another thread in place of one that hangs, unless there have been enough; whether it did.
    private static func replaceThread() -> Bool {
        let mayBe = monitor.withLock {
            shared.process == getpid() && shared.generation < threads && !shared.hasCrashed
        }
        guard mayBe else { return false }
        startThread()
        return true
    }

    private static func run(_ generation: UInt32) {
        monitor.withLock { if shared.generation == generation { shared.thread = pooltrace_own_thread_id() } }
        // A worker wakes it, and is to go on.
        pooltrace_thread_yield_first()
        FailedTask.warmUp()
        while monitor.withLock({ shared.generation == generation }) {
            guard let failure = monitor.withLock({ shared.wanted.popLast() }) ?? FailureRegistry.nextUndescribed()
            else {
                sleep()
                continue
            }
            monitor.withLock { shared.inProgress = failure }
            describe(failure)
            monitor.withLock { if shared.generation == generation { shared.inProgress = nil } }
        }
    }

    /// Until something is to be described.
    private static func sleep() {
        monitor.withLock {
            var napsLeft = naps
            while shared.newest == nil, shared.wanted.isEmpty, !shared.hasUndescribed {
                shared.isAsleep = napsLeft == 0
                if napsLeft > 0 { monitor.wait(atMost: nap) } else { monitor.wait() }
                napsLeft = max(0, napsLeft - 1)
            }
            shared.isAsleep = false
            shared.hasUndescribed = false
        }
    }

    /// Another thread has collected failures that the describing thread is to describe.
    static func noteUndescribed() {
        monitor.withLock {
            guard shared.thread != pooltrace_own_thread_id() else { return }
            shared.hasUndescribed = true
            if shared.isAsleep { wake() }
        }
    }

    /// Whether there is a thread that describes, and it is another one than the calling one; inside `monitor`.
    private static var hasOtherThread: Bool {
        shared.process == getpid() && shared.thread != pooltrace_own_thread_id() && !shared.hasCrashed
    }

    // MARK: Describing

    /// Describes a failure that has been collected, unless somebody does or has done so.
    private static func describe(_ failure: TaskFailure) {
        let task = monitor.withLock { () -> FailedTask? in
            guard case .waiting = failure.state.phase else { return nil }
            failure.state.phase = .describing(thread: pooltrace_own_thread_id())
            return failure.state.task
        }
        guard let task else { return }
        complete(failure, task.texts)
    }

    /// Ends the description of a failure, unless somebody has.
    private static func complete(_ failure: TaskFailure, _ texts: DescribedTexts) {
        let task = monitor.withLock { () -> FailedTask? in
            switch failure.state.phase {
            case .waiting, .describing: failure.state.phase = .completing
            case .completing, .described: return nil
            }
            return failure.state.task
        }
        guard let task else { return }
        let described = make(failure, task, texts)
        task.record(described, isDeferred: !failure.state.isDescribedAtOnce)
        monitor.withLock {
            failure.state.phase = .described(described)
            failure.state.task = nil
            monitor.notifyAll()
        }
        // What it holds may have a `deinit` that comes back here.
        withExtendedLifetime(task) {}
    }

    private static func make(_ failure: TaskFailure, _ task: FailedTask, _ texts: DescribedTexts) -> Failure {
        let entry = FailureRegistry.entry(of: failure)
        return task.failure(number: entry.number, sameBefore: entry.sameBefore, type: entry.type, texts)
    }

    // MARK: Waiting for descriptions

    /// The failure, described by the calling thread if nobody has begun to.
    static func failure(of failure: TaskFailure) -> Failure {
        if let known = monitor.withLock({ failure.state.described }) { return known }
        _ = FailureRegistry.entry(of: failure)
        describe(failure)
        if let task = ownDescription(of: failure) {
            return make(failure, task, task.textsWithout(because: "it is being described"))
        }
        wait(for: failure)
        // Described by now, if without a message, or about to be.
        return monitor.withLock {
            while failure.state.described == nil { monitor.wait() }
            return failure.state.described!
        }
    }

    /// The task of a failure that the calling thread is in the middle of describing.
    private static func ownDescription(of failure: TaskFailure) -> FailedTask? {
        monitor.withLock {
            guard case .describing(pooltrace_own_thread_id()) = failure.state.phase else { return nil }
            return failure.state.task
        }
    }

    /// Has failures that were collected described by the describing thread, and waits; without such a thread the
    /// calling one does it.
    static func settle(_ failures: [TaskFailure]) {
        let isElsewhere = monitor.withLock {
            guard hasOtherThread else { return false }
            shared.wanted += failures.reversed()
            wake()
            return true
        }
        let end = ContinuousClock.now + longest
        for failure in failures {
            if !isElsewhere { describe(failure) }
            if ownDescription(of: failure) != nil { continue }
            if ContinuousClock.now < end { wait(for: failure) } else { giveUp(failure) }
        }
    }

    /// The same with all that have failed so far and are to be described, before the process ends.
    static func settleAll() {
        FailureRegistry.collect()
        let inProgress = monitor.withLock { shared.inProgress }
        settle((inProgress.map { [$0] } ?? []) + FailureRegistry.takeUndescribed())
        FailureRegistry.recordCounts()
    }

    /// Waits until a failure is described, if need be without a message.
    private static func wait(for failure: TaskFailure) {
        while true {
            let before = monitor.withLock { shared.inProgress }
            let isDone = monitor.withLock { wait(atMost: patience, until: { failure.state.described != nil }) }
            if isDone { return }
            let (isWaiting, stuck) = monitor.withLock { () -> (Bool, TaskFailure?) in
                var isWaiting = false
                if case .waiting = failure.state.phase { isWaiting = true }
                return (isWaiting, shared.inProgress === before ? before : nil)
            }
            // Others come first, and go on.
            if isWaiting, stuck == nil, monitor.withLock({ hasOtherThread }) { continue }
            if let stuck { giveUp(stuck) }
            let goesOn = stuck != nil && replaceThread()
            if !isWaiting || !goesOn { return giveUp(failure) }
        }
    }

    /// Inside `monitor`: waits for a condition; whether it has come.
    private static func wait(atMost limit: Duration, until isSo: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !isSo() {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero, !shared.hasCrashed else { return false }
            monitor.wait(atMost: left)
        }
        return true
    }

    /// Completes a failure whose description does not come.
    private static func giveUp(_ failure: TaskFailure) {
        let (task, hasBegun, hasCrashed) = monitor.withLock {
            var hasBegun = false
            if case .describing = failure.state.phase { hasBegun = true }
            return (failure.state.task, hasBegun, shared.hasCrashed)
        }
        guard let task else { return }
        let reason =
            switch (hasBegun, hasCrashed) {
            case (true, true): "its description crashed"
            case (true, false): "its description had not returned after \(patience.components.seconds) s"
            case (false, true): "the description of another failure crashed"
            case (false, false): "the descriptions of other failures took too long"
            }
        complete(failure, task.textsWithout(because: reason))
    }

    // MARK: Crashes

    /// A thread stands still in a crash: what it was describing, if it was the describing thread, as a report titles
    /// it.
    static func noteCrash(ofThread thread: UInt32) -> String? {
        monitor.withLock {
            guard shared.thread == thread, shared.process == getpid() else { return nil }
            shared.hasCrashed = true
            monitor.notifyAll()
            return shared.inProgress?.state.task?.title
        }
    }
}
