import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSchedule

// Sleeps of async tasks, and waits with a time limit.
//
// The time that they go by does not depend on how fast the machine is: a step takes a microsecond. Where nothing is
// ready it goes on to the first of the ends: at once if that is the sleep of an async task, or if the program's clocks
// show this time; and else as time really passes. And a strategy that searches may have it jump there while others are
// ready, as on a machine that is busy with something else; so does a schedule that says so. No limit ends before a
// shorter one that began with it.
//
// Whether a wait has come to its limit is settled when its task goes on: a signal may come up to then.
extension Baton {
    /// A wait that ends at some time, if not before.
    struct Limit {
        enum Waiter {
            case strand(Strand)
            /// A thread that runs steps.
            case driver(Driver)
            /// An async task: this makes it ready.
            case sleeper(UnownedJob)
        }

        /// What such a thread knows its limit by.
        final class Driver { var isOver = false }

        let waiter: Waiter
        /// What its task does next; for what no schedule knows, the rest of something.
        let part: TaskPart
        let end: ContinuousClock.Instant

        var isDriver: Bool { if case .driver = waiter { true } else { false } }

        func isOf(_ strand: Strand) -> Bool { if case .strand(let own) = waiter { own === strand } else { false } }

        func isOf(_ driver: Driver) -> Bool { if case .driver(let own) = waiter { own === driver } else { false } }
    }

    /// A program may go on for ever until the limit of a wait has come.
    private static let timeOfStep = Duration.microseconds(1)
    /// What a sleep's end may be off by: it is reckoned by another clock, and, before the first segment that is seen,
    /// from an earlier time.
    private static let leastSlack: Int64 = 200_000

    /// What the limits go by; the ends of all are reckoned from it.
    var now: ContinuousClock.Instant { monitor.withLock { time } }

    /// Inside the monitor.
    private var time: ContinuousClock.Instant { strands.time.now }

    /// The same moment on the clock, for a thread that parks.
    func clockTime(of end: ContinuousClock.Instant) -> ContinuousClock.Instant {
        KernelTime.now.advanced(by: now.duration(to: end))
    }

    // MARK: - Beginning and ending

    /// Inside the monitor.
    func addLimit(_ waiter: Limit.Waiter, _ part: TaskPart, until end: ContinuousClock.Instant) {
        strands.hasHadLimits = true
        let place = strands.limits.firstIndex { end < $0.end } ?? strands.limits.count
        strands.limits.insert(Limit(waiter: waiter, part: part, end: end), at: place)
    }

    /// Takes out the limit of a wait, which ends; its part, if the limit had not ended.
    ///
    /// Inside the monitor.
    func removeLimit(where isWanted: (Limit) -> Bool) -> TaskPart? {
        strands.limits.firstIndex(where: isWanted).map { strands.limits.remove(at: $0).part }
    }

    /// The calling thread, which runs steps, waits until a time at most.
    func beginLimit(_ end: ContinuousClock.Instant) -> Limit.Driver {
        let driver = Limit.Driver()
        let root = Submitter.currentTask
        monitor.withLock {
            addLimit(.driver(driver), interleaves ? strands.nextPart(of: root) : .rest(of: root), until: end)
        }
        return driver
    }

    /// Its wait ends; the part of the limit, if that has not ended.
    func endLimit(_ driver: Limit.Driver) -> TaskPart? { monitor.withLock { removeLimit { $0.isOf(driver) } } }

    /// An async task sleeps: `job` makes it ready.
    func sleep(_ job: UnownedJob, for delay: Duration) {
        let now = pooltrace_clock_now()
        let context = TaskContext.current
        let since = context.map { pooltrace_clock_nanoseconds($0.pointee.start, max($0.pointee.start, now)) } ?? 0
        let slack = Int64(clamping: min(since, 1 << 40)) + Self.leastSlack
        let nanoseconds = Self.simplest(from: delay.nanoseconds, within: slack)
        monitor.withLock {
            progress &+= 1
            let part = context.map { strands.part(afterSleepOf: $0.pointee.job.readyTask) } ?? .rest(of: 0)
            addLimit(.sleeper(job), part, until: time.advanced(by: .nanoseconds(nanoseconds)))
            monitor.notifyAll()
        }
        startTakeoverThread()
    }

    /// A delay as the program meant it: the simplest one that it can have been.
    ///
    /// Swift says when a sleep ends by a clock that has gone on since the program said for how long: some microseconds
    /// are missing, or milliseconds where the thread had to wait for a processor, and never the same number. But no
    /// more than the segment has taken so far. Unrounded, two sleeps of equal length would end in either order.
    ///
    /// - Parameter slack: How much more than `delay` the program may have asked for, in nanoseconds.
    private static func simplest(from delay: Int64, within slack: Int64) -> Int64 {
        // It may be over by now.
        let shortest = max(delay, 1)
        let (longest, isEndless) = delay.addingReportingOverflow(slack)
        guard isEndless || longest >= shortest else { return 0 }
        var unit: Int64 = 1_000_000_000_000_000_000
        while unit > 1 {
            let (next, overflow) = shortest.addingReportingOverflow(unit - 1)
            let rounded = next / unit * unit
            if !overflow, isEndless || rounded <= longest { return rounded }
            unit /= 10
        }
        return shortest
    }

    // MARK: - Time passes

    /// Before a step: ends those limits whose time has come, or that the strategy wants to end.
    ///
    /// Inside the monitor.
    ///
    /// - Returns: What is to be run, without the monitor, so that the tasks that slept are ready.
    func endLimits() -> [UnownedJob] {
        guard let first = strands.limits.first else { return [] }
        strands.time.pass(Self.timeOfStep)
        let time = time
        if time >= first.end { return endLimits(strands.limits.prefix { $0.end <= time }.count) }
        guard !ready.isEmpty, interleaves || followsWaits else { return [] }
        let waits = strands.limits.map { LimitedWait($0.part, left: time.duration(to: $0.end)) }
        guard let last = ready.limitToEnd(waits) else { return [] }
        strands.time.pass(waits[last].left)
        return endLimits(last + 1)
    }

    /// Inside the monitor.
    private func endLimits(_ count: Int) -> [UnownedJob] {
        let ended = strands.limits.prefix(count)
        strands.limits.removeFirst(count)
        var woken: [UnownedJob] = []
        for limit in ended {
            switch limit.waiter {
            case .strand(let strand): resume(strand, limit.part)
            case .driver(let driver):
                driver.isOver = true
                if interleaves { ready.addThread(limit.part, isFront: false) }
            case .sleeper(let job):
                swift.yields = 0
                woken.append(job)
            }
        }
        return woken
    }

    /// Nothing is ready: lets the time pass up to the end of the first limit, unless something comes first.
    ///
    /// Called by the holder.
    ///
    /// - Parameter isNeeded: Whether what the caller waits for has still not come.
    /// - Returns: Whether there is a limit.
    func letTimePass(onMain: Bool = false, while isNeeded: () -> Bool) -> Bool {
        guard let first = monitor.withLock({ strands.limits.first }), isNeeded() else { return false }
        monitor.withLock { strands.passing += 1 }
        defer { monitor.withLock { strands.passing -= 1 } }
        guard case .sleeper = first.waiter else {
            withoutBaton { monitor.withLock { passTime(upTo: first.end) } }
            return true
        }
        func mayChange() -> Bool { OtherThreads.exist || !SwiftTasks.isMainAsync && !OtherThreads.isMainAsleep }
        let left = now.duration(to: first.end)
        _ = wait(
            atMost: min(left, Settings.current.patience), onMain: onMain, while: mayChange, unless: { !isNeeded() })
        guard isNeeded() else { return true }
        monitor.withLock { if ready.isEmpty { strands.time.pass(max(.zero, time.duration(to: first.end))) } }
        return true
    }

    /// Inside the monitor.
    private func passTime(upTo end: ContinuousClock.Instant) {
        guard ready.isEmpty else { return }
        let left = max(.zero, time.duration(to: end))
        guard !mayJump else { return strands.time.pass(left) }
        let start = KernelTime.now
        monitor.wait(atMost: left)
        if !strands.time.isReal { strands.time.pass(start.duration(to: KernelTime.now)) }
    }

    /// Whether nobody is there who could be late, or see by a clock that no time has passed.
    ///
    /// Inside the monitor.
    private var mayJump: Bool {
        if whenDeadlocked != nil { return true }
        return strands.time.isShown && !strands.time.isReal && strands.outside.isEmpty
            && (ThreadState.isMainThread || SwiftTasks.isMainAsync)
    }
}
