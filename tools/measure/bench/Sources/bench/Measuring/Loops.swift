import CBench
import Foundation
import Synchronization

/// Times a loop on one thread, or the same loop on two at once.
enum Loops {
    /// A loop: does this many units.
    ///
    /// It does not return before they are done, and nothing in it can be left out.
    typealias Loop = @Sendable (Int) -> Void

    /// A round of `count` units on this thread.
    static func alone(_ count: Int, _ loop: @escaping Loop) -> Row.Round {
        {
            let watch = Stopwatch()
            loop(count)
            return watch.stop(count: count)
        }
    }

    /// A round of `count` units on this thread and as many on another at the same time.
    ///
    /// The slower one's time counts.
    static func together(_ count: Int, _ loop: @escaping Loop) -> Row.Round {
        let partner = Partner(count: count, loop: loop)
        return { partner.round() }
    }
}

/// A second thread, which sleeps between rounds so that it takes no processor from other rows.
private final class Partner: Sendable {
    private let count: Int
    private let loop: Loops.Loop
    private let wake = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)
    /// How many of the two have arrived at the start of the round.
    private let arrived = Atomic(0)
    /// What the partner's loop took.
    private let elapsed = Atomic<UInt64>(0)

    init(count: Int, loop: @escaping Loops.Loop) {
        self.count = count
        self.loop = loop
        Thread.detachNewThread { [self] in
            while true {
                wake.wait()
                elapsed.store(timed(), ordering: .relaxed)
                done.signal()
            }
        }
    }

    func round() -> Sample {
        arrived.store(0, ordering: .relaxed)
        wake.signal()
        let watch = Stopwatch()
        let own = timed()
        done.wait()
        var sample = watch.stop(count: count)
        sample.nanoseconds = Double(max(own, elapsed.load(ordering: .relaxed))) / Double(count)
        return sample
    }

    /// Both start together: the first one spins for the few microseconds that the other takes to wake up.
    private func timed() -> UInt64 {
        arrived.wrappingAdd(1, ordering: .acquiringAndReleasing)
        while arrived.load(ordering: .acquiring) < 2 {}
        let start = bench_monotonic()
        loop(count)
        return bench_monotonic() - start
    }
}
