import Testing

@testable import PoolSchedule

@Suite("A strategy")
struct StrategyTests {
    static let names: [StrategyName] = [
        .fifo, .lifo, .random, .inline, .oneThread, .delays(percent: 1), .delays(percent: 50), .pct(depth: 1, steps: 1),
        .pct(depth: 4, steps: 30),
    ]

    /// The order that a strategy gives tasks of which some are added along the way.
    private static func order(_ strategy: any Strategy, seed: UInt64) -> [TaskPart] {
        var strategy = strategy
        var generator = SplitMix64(seed: seed)
        var order: [TaskPart] = []
        var added = 0
        while added < 60 || strategy.count > 0 {
            while added < 60, strategy.count == 0 || generator.next() % 3 == 0 {
                strategy.add(ReadyTask(task: UInt64(added / 2), segment: UInt32(added % 2), token: added))
                added += 1
            }
            if let next = strategy.next() { order.append(next.part) }
        }
        return order
    }

    @Test("gives out everything once, and the same again for the same seed", arguments: names)
    func whole(name: StrategyName) {
        for seed in UInt64(1)...50 {
            let first = Self.order(name.makeStrategy(seed: seed), seed: seed)
            #expect(first == Self.order(name.makeStrategy(seed: seed), seed: seed), "seed \(seed)")
            #expect(Set(first).count == 60 && first.count == 60, "seed \(seed)")
        }
    }

    @Test("with a seed gives many orders", arguments: names.filter(\.takesSeed))
    func orders(name: StrategyName) {
        let orders = Set((UInt64(1)...200).map { Self.order(name.makeStrategy(seed: $0), seed: 7) })
        #expect(orders.count >= 10, "\(name) gave \(orders.count)")
    }

    @Test("gives nothing where nothing is ready", arguments: names)
    func empty(name: StrategyName) {
        var strategy = name.makeStrategy(seed: 1)
        #expect(strategy.next() == nil && strategy.count == 0)
    }

    @Test("is read as it is written, and with its numbers left out")
    func text() {
        for name in Self.names { #expect(StrategyName(name.description) == name) }
        #expect(StrategyName("delays") == .delays(percent: 10) && StrategyName("pct") == .pct(depth: 3, steps: 100))
        #expect(StrategyName("pct:2") == .pct(depth: 2, steps: 100))
        for wrong in [
            "", "fif", "fifo:1", "delays:0", "delays:100", "delays:x", "pct:0", "pct:1:0", "pct:1:2:3", "random:",
        ] {
            #expect(StrategyName(wrong) == nil, "\(wrong)")
        }
    }

    @Test("of delays lets those it delays run last")
    func delays() {
        var strategy = DelaysStrategy(seed: 3, percent: 40)
        for task in 0..<1000 { strategy.add(ReadyTask(task: UInt64(task), token: task)) }
        var order: [Int] = []
        while let next = strategy.next() { order.append(next.token) }
        let turn = order.indices.dropLast().first { order[$0] > order[$0 + 1] } ?? 0
        #expect(order[...turn] == ArraySlice(order[...turn].sorted()))
        #expect(order[(turn + 1)...] == ArraySlice(order[(turn + 1)...].sorted()))
        #expect(300...500 ~= 1000 - turn - 1)
    }
}
