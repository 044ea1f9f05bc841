/// All orders of a small program, an execution for each: depth first through the choices, the order of first in, first
/// out first.
///
/// ```swift
/// let orders = OrderEnumeration()
/// repeat { run(by: orders.strategy) } while orders.advance()
/// ```
///
/// The program has to make the same choices available again where the same were made before. Used by one execution at
/// a time.
public final class OrderEnumeration: @unchecked Sendable {
    /// What was chosen at each decision so far, and of how many.
    private var choices: [(chosen: Int, of: Int)] = []
    /// How many decisions this execution has made.
    private var depth = 0
    /// Where an execution first had other choices than the one before it, and should have had the same: at which
    /// decision, from 1, and how many; it had none where it ended before.
    public private(set) var divergence: (decision: Int, before: Int, now: Int)?

    /// Begins with the first order.
    public init() {}

    /// The strategy of the next execution.
    public var strategy: some Strategy {
        depth = 0
        return EnumeratedStrategy(orders: self)
    }

    /// Goes on to the next order, after an execution; false if that was the last.
    public func advance() -> Bool {
        if depth < choices.count { noteDivergence(before: choices[depth].of, now: 0) }
        while let last = choices.popLast() {
            guard last.chosen + 1 < last.of else { continue }
            choices.append((last.chosen + 1, last.of))
            return true
        }
        return false
    }

    private func noteDivergence(before: Int, now: Int) {
        if divergence == nil { divergence = (depth + 1, before, now) }
    }

    fileprivate func choose(of count: Int) -> Int {
        // No decision.
        guard count > 1 else { return 0 }
        defer { depth += 1 }
        guard depth < choices.count else {
            choices.append((0, count))
            return 0
        }
        if choices[depth].of != count { noteDivergence(before: choices[depth].of, now: count) }
        return min(choices[depth].chosen, count - 1)
    }
}

/// One order of all.
private struct EnumeratedStrategy: Strategy {
    let orders: OrderEnumeration
    private var ready: [ReadyTask] = []
    /// What is next, where that was decided together with the limits of waits; or that it is what becomes ready last.
    private var chosen: Int?
    private var isLast = false

    init(orders: OrderEnumeration) { self.orders = orders }

    var count: Int { ready.count }

    mutating func add(_ task: ReadyTask) {
        if task.isFront { ready.insert(task, at: 0) } else { ready.append(task) }
    }

    mutating func next() -> ReadyTask? {
        guard !ready.isEmpty else { return nil }
        defer { (chosen, isLast) = (nil, false) }
        if isLast { return ready.removeLast() }
        return ready.remove(at: chosen ?? orders.choose(of: ready.count))
    }

    mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? {
        let choice = orders.choose(of: ready.count + waits.count)
        guard choice >= ready.count else {
            chosen = choice
            return nil
        }
        isLast = true
        return choice - ready.count
    }
}
