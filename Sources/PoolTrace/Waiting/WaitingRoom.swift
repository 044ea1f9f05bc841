import PoolModel
import PoolRecorder

/// Who waits for what, beside the awaited things themselves.
///
/// Striped by the awaited thing's address, so that unrelated waits seldom meet. Every entry is taken out by whoever ends the wait:
/// `admitAll` or, after a deadline, the waiter itself.
enum WaitingRoom {
    enum Waiter {
        case thread(Parker)
        case callback(@Sendable () -> Void)
    }

    private final class Stripe: Sendable {
        let waiters = Guarded<[ObjectIdentifier: [Waiter]]>([:])
    }

    private static let stripes = (0..<64).map { _ in Stripe() }

    private static func stripe(of awaited: Awaitable) -> Stripe {
        let address = UInt(bitPattern: ObjectIdentifier(awaited))
        return stripes[Int((address >> 5) ^ (address >> 11)) & 63]
    }

    /// Lets `waiter` be told of the end; false if it has ended already.
    private static func add(_ waiter: Waiter, for awaited: Awaitable) -> Bool {
        stripe(of: awaited).waiters.withLock { waiters in
            guard awaited.announceWaiter() < Awaitable.Phase.succeeded else { return false }
            waiters[ObjectIdentifier(awaited), default: []].append(waiter)
            return true
        }
    }

    /// Parks the calling thread until `awaited` has ended; false if `deadline` came first.
    static func park(for awaited: Awaitable, until deadline: ContinuousClock.Instant? = nil) -> Bool {
        let parker = ThreadState.current.parker
        parker.prepare()
        guard add(.thread(parker), for: awaited) else { return true }
        if parker.wait(until: deadline) { return true }
        let isWithdrawn = stripe(of: awaited).waiters.withLock { waiters in
            let key = ObjectIdentifier(awaited)
            guard let place = waiters[key]?.firstIndex(where: { $0.isThread(parker) }) else { return false }
            waiters[key]?.remove(at: place)
            if waiters[key]?.isEmpty == true { waiters[key] = nil }
            return true
        }
        if isWithdrawn { return awaited.hasEnded }
        // The end came at the same moment: its signal is on the way, and must not hit the next wait.
        _ = parker.wait()
        return true
    }

    /// Calls `body` once `awaited` has ended: on the thread that ends it, or at once.
    static func whenEnded(_ awaited: Awaitable, _ body: @escaping @Sendable () -> Void) {
        if !add(.callback(body), for: awaited) { body() }
    }

    /// Tells everybody who waits for `awaited`.
    static func admitAll(of awaited: Awaitable) {
        let admitted = stripe(of: awaited).waiters.withLock { $0.removeValue(forKey: ObjectIdentifier(awaited)) ?? [] }
        for waiter in admitted {
            switch waiter {
            case .thread(let parker): parker.signal()
            case .callback(let body): body()
            }
        }
    }
}

extension WaitingRoom.Waiter {
    fileprivate func isThread(_ parker: Parker) -> Bool {
        if case .thread(let own) = self { own === parker } else { false }
    }
}
