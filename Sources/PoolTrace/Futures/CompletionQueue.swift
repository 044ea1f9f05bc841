import PoolModel

/// Futures in the order in which they end: what `asCompleted` and `wait(for:until:)` wait on.
///
/// Each future is listened to once. Who ends one puts its place at the end of `ended`, and ends the `Arrival` that
/// somebody waits for, if somebody does. One thread or async task at a time asks for the next.
final class CompletionQueue: @unchecked Sendable {
    enum Next {
        case future(AnyFuture)
        case none
        case timedOut
    }

    private struct State {
        /// Those not handed out yet, by place; the others are not kept alive.
        var members: [AnyFuture?]
        /// Before it, all were handed out.
        var firstLeft = 0
        /// Places of those that have ended, in order, and how many of them were handed out.
        var ended: [Int] = []
        var taken = 0
        /// Before it, nobody finds anything to run.
        var firstUnstarted = 0
        var arrival: Arrival?

        /// The first that was not handed out.
        var first: AnyFuture? {
            mutating get {
                while firstLeft < members.count, members[firstLeft] == nil { firstLeft += 1 }
                return firstLeft < members.count ? members[firstLeft] : nil
            }
        }
    }

    private enum Look {
        case next(Next)
        case wait(Arrival)
    }

    private let state: Guarded<State>

    /// Listens to futures, each counted once however often it is among them.
    init(_ futures: some Sequence<AnyFuture>) {
        let members = futures.withoutDuplicates
        state = Guarded(State(members: members))
        for (place, future) in members.enumerated() { listen(to: future, at: place) }
    }

    /// Listens to one more, which is not among them yet.
    func add(_ future: AnyFuture) {
        let place = state.withLock { state in
            state.members.append(future)
            return state.members.count - 1
        }
        listen(to: future, at: place)
    }

    private func listen(to future: AnyFuture, at place: Int) {
        WaitingRoom.whenEnded(future, owner: ObjectIdentifier(self)) { [weak self] in self?.hasEnded(place) }
    }

    /// Those that it still listens to forget it.
    deinit {
        for future in state.withLock(\.members) {
            if let future, !future.hasEnded { WaitingRoom.withdraw(ObjectIdentifier(self), from: future) }
        }
    }

    private func hasEnded(_ place: Int) {
        let arrival = state.withLock { state in
            state.ended.append(place)
            return state.arrival.take()
        }
        arrival?.end(Awaitable.Phase.succeeded)
    }

    // MARK: Waiting

    /// Waits for the next one that ends.
    ///
    /// - Throws: `WaitCycleError` where all that are left wait for the caller.
    func next(until deadline: ContinuousClock.Instant?) throws -> Next {
        while true {
            switch look() {
            case .next(let next): return next
            case .wait(let arrival):
                if try !arrival.wait(until: deadline), case .wait = look() { return .timedOut }
            }
        }
    }

    /// The same without blocking a thread.
    func next(until deadline: ContinuousClock.Instant?) async -> Next {
        while true {
            switch look() {
            case .next(let next): return next
            case .wait(let arrival):
                if await !arrival.wait(until: deadline), case .wait = look() { return .timedOut }
            }
        }
    }

    private func look() -> Look {
        state.withLock { state in
            while state.taken < state.ended.count {
                state.taken += 1
                if let future = state.members[state.ended[state.taken - 1]].take() { return .next(.future(future)) }
            }
            guard let first = state.first else { return .next(.none) }
            let arrival = state.arrival ?? Arrival(in: self, first: first)
            state.arrival = arrival
            return .wait(arrival)
        }
    }

    // MARK: What is left

    /// Those that were not handed out, in the order they were given in.
    var pending: [AnyFuture] { state.withLock { $0.members.compactMap { $0 } } }

    /// Hands out one that has not ended.
    func takePending() -> AnyFuture? {
        state.withLock { state in
            guard state.first != nil else { return nil }
            return state.members[state.firstLeft].take()
        }
    }

    /// The error of a wait that was too long; `nil` if all have been handed out meanwhile.
    func timeoutError(_ timeout: Duration) -> TimeoutError? {
        let pending = pending
        return pending.first.map { TimeoutError($0.job, timeout: timeout, others: pending.count - 1) }
    }

    /// Lets `run` run one that nobody has started; whether it ran one.
    func runUnstarted(_ run: (AnyFuture) -> Bool) -> Bool {
        var place = state.withLock(\.firstUnstarted)
        while let future = unstarted(from: &place) {
            if run(future) { return true }
            place += 1
        }
        return false
    }

    private func unstarted(from place: inout Int) -> AnyFuture? {
        state.withLock { state in
            while place < state.members.count {
                if let future = state.members[place], future.mayBeRun { return future }
                if place == state.firstUnstarted { state.firstUnstarted += 1 }
                place += 1
            }
            return nil
        }
    }
}

/// Ends when the next future of a queue does; traces know it by the first that is left.
final class Arrival: Awaitable, @unchecked Sendable {
    /// The waiter is inside a method of it.
    private unowned let queue: CompletionQueue

    fileprivate init(in queue: CompletionQueue, first: AnyFuture) {
        self.queue = queue
        TaskNode.retain(bits: first.job.parent)
        super.init(job: first.job, core: nil)
    }

    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool {
        _ = queue.runUnstarted { $0.runHere(in: context) }
        return hasEnded
    }

    override func runInSerial() -> Bool { queue.runUnstarted { $0.runInSerial() } }

    override var isCertain: Bool { false }

    override var alternatives: [Awaitable] { queue.pending }

    override var isCompletedByHand: Bool { queue.pending.allSatisfy(\.isCompletedByHand) }
}

extension Sequence where Element: AnyFuture {
    /// Each future once, in order.
    var withoutDuplicates: [Element] {
        var seen: Set<ObjectIdentifier> = []
        return filter { seen.insert(ObjectIdentifier($0)).inserted }
    }
}
