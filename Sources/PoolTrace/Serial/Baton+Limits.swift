import PoolModel
import PoolRecorder
import PoolSchedule

// Waits with a time limit.
//
// The time that they go by does not depend on how fast the machine is: a step takes a microsecond. Where nothing is
// ready the time really passes, up to the first of the ends. And a
// strategy that searches may have it jump to the end of a limit while others are ready, as on a machine that is busy
// with something else; so does a schedule that says so. No limit ends before a shorter one that began with it.
//
// Whether a wait has come to its limit is settled when its task goes on: a signal may come up to then.
extension Baton {
    /// A wait that ends at some time, if not before.
    struct Limit {
        enum Waiter {
            case strand(Strand)
            /// A thread that runs steps.
            case driver(Driver)
        }

        /// What such a thread knows its limit by.
        final class Driver { var isOver = false }

        let waiter: Waiter
        /// What its task does next; for the drivers where points are no decisions, nothing that a schedule knows.
        let part: TaskPart
        let end: ContinuousClock.Instant
    }

    /// What a step takes: a program may go on for ever until the limit of a wait has come.
    private static let timeOfStep = Duration.microseconds(1)

    /// What the limits go by; the ends of all are reckoned from it.
    var now: ContinuousClock.Instant { monitor.withLock { time } }

    /// Inside the monitor.
    private var time: ContinuousClock.Instant { hasStrands ? strands.start.advanced(by: strands.passed) : .now }

    /// Inside the monitor.
    func addLimit(_ waiter: Limit.Waiter, _ part: TaskPart, until end: ContinuousClock.Instant) {
        let place = strands.limits.firstIndex { end < $0.end } ?? strands.limits.count
        strands.limits.insert(Limit(waiter: waiter, part: part, end: end), at: place)
    }

    /// Takes out the limit of a wait, which ends; its part, if the limit had not ended.
    ///
    /// Inside the monitor.
    func removeLimit(where isWanted: (Limit.Waiter) -> Bool) -> TaskPart? {
        strands.limits.firstIndex { isWanted($0.waiter) }.map { strands.limits.remove(at: $0).part }
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
    func endLimit(_ driver: Limit.Driver) -> TaskPart? {
        monitor.withLock { removeLimit { if case .driver(let other) = $0 { other === driver } else { false } } }
    }

    /// Before a step: ends those limits whose time has come, or that the strategy wants to end.
    ///
    /// Inside the monitor.
    func endLimits() {
        guard let first = strands.limits.first else { return }
        strands.passed += Self.timeOfStep
        let time = time
        if time >= first.end {
            endLimits(1)
        } else if !ready.isEmpty, interleaves || followsWaits {
            let waits = strands.limits.map { LimitedWait($0.part, left: max(.zero, time.duration(to: $0.end))) }
            guard let last = ready.limitToEnd(waits) else { return }
            strands.passed += waits[last].left
            endLimits(last + 1)
        }
    }

    /// Inside the monitor.
    private func endLimits(_ count: Int) {
        let ended = strands.limits.prefix(count)
        strands.limits.removeFirst(count)
        for limit in ended {
            switch limit.waiter {
            case .strand(let strand): resume(strand, limit.part)
            case .driver(let driver):
                driver.isOver = true
                if interleaves { ready.addThread(limit.part, isFront: false) }
            }
        }
    }

    /// Nothing is ready: lets the time pass up to the end of the first limit, unless something comes first.
    ///
    /// Called by the holder.
    ///
    /// - Returns: Whether there is a limit.
    func letLimitPass(while isNeeded: () -> Bool) -> Bool {
        guard monitor.withLock({ !strands.limits.isEmpty }), isNeeded() else { return false }
        withoutBaton {
            monitor.withLock {
                guard ready.isEmpty, let first = strands.limits.first else { return }
                let left = max(.zero, time.duration(to: first.end))
                // Nobody else is there who could be late.
                guard whenDeadlocked == nil else { return strands.passed += left }
                let start = ContinuousClock.now
                monitor.wait(atMost: left)
                strands.passed += start.duration(to: .now)
            }
        }
        return true
    }
}
