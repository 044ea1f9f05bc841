import RaceCases

/// An actor with a sum, and something that one task leaves for another one.
actor Ledger {
    private(set) var sum = 0
    private var left: Tally?
    private var waiting: CheckedContinuation<Tally, Never>?

    func add(_ amount: Int) { sum += amount }

    /// Hands it to the task that waits for it, if there is one.
    func leave(_ tally: Tally) {
        if let waiting { waiting.resume(returning: tally) } else { left = tally }
        waiting = nil
    }

    func take() async -> Tally {
        if let left { return left }
        return await withCheckedContinuation { waiting = $0 }
    }
}
