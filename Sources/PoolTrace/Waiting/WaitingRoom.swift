import CPoolRecorder
import PoolModel
import PoolRecorder

/// Who waits for what, beside the awaited things themselves.
///
/// Striped by the awaited thing's address, so that unrelated waits seldom meet. Every entry is taken out by the thread
/// that ends the wait: `admitAll` or, where a wait is given up, the waiter itself. An entry does not keep the awaited
/// thing alive: it has to end before it goes, as a queued task and a promise do.
enum WaitingRoom {
    enum Waiter {
        case thread(Parker)
        /// A short step of PoolTrace's; its owner may take it out again.
        case notice(owner: ObjectIdentifier?, @Sendable () -> Void)
        /// The program's own code, told which worker's thread it runs on.
        case callback(@Sendable (Worker?) -> Void)
    }

    private final class Stripe: Sendable {
        let waiters = Guarded<[ObjectIdentifier: [Waiter]]>([:])
    }

    private static let stripes = (0..<64).map { _ in Stripe() }

    private static func stripe(of awaited: Awaitable) -> Stripe {
        let address = UInt(bitPattern: ObjectIdentifier(awaited))
        return stripes[Int((address >> 5) ^ (address >> 11)) & 63]
    }

    /// Notifies `waiter` of the end; false if it has ended already.
    private static func add(_ waiter: Waiter, for awaited: Awaitable) -> Bool {
        stripe(of: awaited).waiters.withLock { waiters in
            guard awaited.announceWaiter() < Awaitable.Phase.succeeded else { return false }
            waiters[ObjectIdentifier(awaited), default: []].append(waiter)
            return true
        }
    }

    /// Takes out the first waiter that `isWanted`; false if there is none any more.
    private static func remove(from awaited: Awaitable, _ isWanted: (Waiter) -> Bool) -> Bool {
        stripe(of: awaited).waiters.withLock { waiters in
            let key = ObjectIdentifier(awaited)
            guard let place = waiters[key]?.firstIndex(where: isWanted) else { return false }
            waiters[key]?.remove(at: place)
            if waiters[key]?.isEmpty == true { waiters[key] = nil }
            return true
        }
    }

    /// Parks the calling thread until `awaited` has ended; false if `deadline` came first.
    static func park(for awaited: Awaitable, until deadline: ContinuousClock.Instant? = nil) -> Bool {
        let parker = ThreadState.current.parker
        parker.prepare()
        guard add(.thread(parker), for: awaited) else { return true }
        pooltrace_delay()
        if parker.wait(until: deadline) { return true }
        if remove(from: awaited, { $0.isThread(parker) }) { return awaited.hasEnded }
        // The end came at the same moment: its signal is on the way, and must not hit the next wait.
        _ = parker.wait()
        return true
    }

    /// Calls `body`, a short step of PoolTrace's, once `awaited` has ended: on the thread that ends it, or at once.
    ///
    /// - Parameter owner: By which `withdraw` finds it again.
    static func whenEnded(
        _ awaited: Awaitable, owner: ObjectIdentifier? = nil, _ body: @escaping @Sendable () -> Void
    ) {
        if !add(.notice(owner: owner, body), for: awaited) { body() }
    }

    /// Forgets what `owner` wanted to be notified of; it may be notified all the same if the end comes now.
    static func withdraw(_ owner: ObjectIdentifier, from awaited: Awaitable) {
        _ = remove(from: awaited) { $0.isNotice(of: owner) }
    }

    /// Calls `body`, which is the program's, once `awaited` has ended, after everybody who waits has been told.
    static func callBack(_ awaited: Awaitable, _ body: @escaping @Sendable (Worker?) -> Void) {
        if !add(.callback(body), for: awaited) { body(nil) }
    }

    /// Tells everybody who waits for `awaited`, and then runs the callbacks, in the order of their registration.
    static func admitAll(of awaited: Awaitable, on worker: Worker?) {
        let admitted = stripe(of: awaited).waiters.withLock { $0.removeValue(forKey: ObjectIdentifier(awaited)) ?? [] }
        pooltrace_delay()
        var hasCallbacks = false
        for waiter in admitted {
            switch waiter {
            case .thread(let parker): parker.signal()
            case .notice(_, let body): body()
            case .callback: hasCallbacks = true
            }
        }
        guard hasCallbacks else { return }
        for case .callback(let body) in admitted { body(worker) }
    }
}

extension WaitingRoom.Waiter {
    fileprivate func isThread(_ parker: Parker) -> Bool {
        if case .thread(let own) = self { own === parker } else { false }
    }

    fileprivate func isNotice(of owner: ObjectIdentifier) -> Bool {
        if case .notice(let own, _) = self { own == owner } else { false }
    }
}
