/// A place where a fixed number of threads wait for each other, again and again: Python's `threading.Barrier`.
public final class Barrier: Sendable {
    /// Who passes together; guarded by the condition.
    private final class Round: @unchecked Sendable {
        var waiting = 0
        /// Whether its threads go on or fail, once that is known.
        var passes: Bool?
    }

    private struct State {
        var round = Round()
        var isBroken = false

        /// Lets the threads of this round go on or fail, and begins the next.
        mutating func end(passes: Bool) {
            round.passes = passes
            round = Round()
        }
    }

    private let condition = Condition(State())
    private let action: (@Sendable () throws -> Void)?
    /// How many threads pass together.
    public let parties: Int

    /// A barrier that `parties` threads pass together.
    ///
    /// - Parameters:
    ///   - parties: At least 1.
    ///   - action: Run by one of them, the last to come, before any goes on. If it throws, the barrier breaks.
    public init(_ parties: Int, action: (@Sendable () throws -> Void)? = nil) {
        self.parties = max(1, parties)
        self.action = action
    }

    /// Waits until all parties have come.
    ///
    /// - Parameter timeout: How long to wait at most; when it is over the barrier breaks, for everybody.
    /// - Returns: The place at which the caller came, from 0 to `parties - 1`, different for each of a round.
    /// - Throws: `ThreadError.brokenBarrier`; what the action threw, on the thread that ran it.
    @discardableResult
    public func wait(timeout: Duration? = nil) throws -> Int {
        let deadline = timeout.map { Scheduling.now.advanced(by: $0) }
        // Who comes while the last of a round runs the action belongs to the next.
        let entered = condition.wait(timeout: timeout) { state -> (round: Round, place: Int)?? in
            if state.isBroken { return .some(nil) }
            guard state.round.waiting < parties else { return nil }
            defer { state.round.waiting += 1 }
            return (state.round, state.round.waiting)
        }
        guard let entered = entered ?? nil else {
            abort()
            throw ThreadError.brokenBarrier
        }
        if entered.place == parties - 1 {
            do { try action?() } catch {
                abort()
                throw error
            }
            open(entered.round)
        }
        let left = deadline.map { max(.zero, Scheduling.now.duration(to: $0)) }
        let passes = condition.wait(timeout: left) { _ in entered.round.passes }
        if passes == nil { abort() }
        guard passes == true else { throw ThreadError.brokenBarrier }
        return entered.place
    }

    /// Lets a round go on, unless it broke meanwhile.
    private func open(_ round: Round) {
        condition.change(notifying: .max) { state in
            if state.round === round { state.end(passes: true) }
        }
    }

    /// Breaks it: everybody who waits or comes fails, until `reset`.
    public func abort() {
        condition.change(notifying: .max) { state in
            state.end(passes: false)
            state.isBroken = true
        }
    }

    /// Begins anew: who waits fails, who comes from now on waits.
    public func reset() {
        condition.change(notifying: .max) { state in
            state.end(passes: false)
            state.isBroken = false
        }
    }

    /// Whether it is broken.
    public var isBroken: Bool { condition.withLock { $0.isBroken } }

    /// How many threads wait at it.
    public var waiting: Int { condition.withLock { $0.round.waiting } }
}
