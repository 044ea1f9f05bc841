import Testing

@testable import PoolSchedule

@Suite("The portfolio")
struct PortfolioTests {
    @Test("tries what takes no seed once, and gives every round of the others a seed of its own")
    func rounds() {
        let portfolio = Portfolio(seed: 7, steps: 50)
        let tried = (0..<62).map { portfolio.execution($0) }
        #expect(tried[0].strategy == .fifo && tried[1].strategy == .lifo)
        #expect(tried.dropFirst(2).allSatisfy { $0.strategy.takesSeed })
        for round in 0..<10 {
            let seeds = Set(tried[(2 + round * 6)..<(8 + round * 6)].map(\.seed))
            #expect(seeds == [7 + UInt64(round)], "round \(round)")
        }
        #expect(tried[4].strategy == .pct(depth: 2, steps: 50))
    }
}
