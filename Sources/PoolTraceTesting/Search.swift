import PoolSchedule

/// The orders in which a test is run.
enum Search: Sendable, Equatable {
    case one(Order)
    case many(Int, seed: UInt64)

    /// The failure of a test, and what was tried.
    struct Found: Sendable {
        let failure: TestRun.Failure
        let order: Order
        /// Which of how many orders it was, from 1, where there are several.
        let place: (number: Int, of: Int)?
        /// What it did in the same order once more; `nil` where that was not tried.
        let failsAgain: Bool?
    }

    /// Runs the test in each of the orders until it fails in one; `nil` if it does in none.
    func run(_ run: TestRun) async -> Found? {
        switch self {
        case .one(let order):
            guard let failure = await run.run(order, as: "run") else { return nil }
            return await found(failure, order, nil, run)
        case .many(let count, let seed):
            // How many steps there are nobody knows beforehand; a test has some dozens.
            let portfolio = Portfolio(seed: seed, steps: 100)
            let orders = (0..<count).map { Order($0, of: portfolio) }
            guard let (index, failure) = await first(of: orders, run) else { return nil }
            return await found(failure, orders[index], (index + 1, count), run)
        }
    }

    /// The first order in which the test fails.
    ///
    /// Several run at a time, and those before a failure are waited for: which one is the first does not depend on how
    /// fast they are.
    private func first(of orders: [Order], _ run: TestRun) async -> (index: Int, failure: TestRun.Failure)? {
        await withTaskGroup(of: (Int, TestRun.Failure?).self) { group in
            var next = 0
            func add() {
                guard next < orders.count, !Task.isCancelled else { return }
                let index = next
                next += 1
                group.addTask { (index, await run.run(orders[index], as: "run-\(index + 1)")) }
            }
            for _ in 0..<Turns.count { add() }
            var first: (index: Int, failure: TestRun.Failure)?
            while let (index, failure) = await group.next() {
                guard let failure else {
                    if first == nil { add() }
                    continue
                }
                if let known = first, known.index < index {
                    failure.remove()
                } else {
                    first?.failure.remove()
                    first = (index, failure)
                }
            }
            return first
        }
    }

    private func found(
        _ failure: TestRun.Failure, _ order: Order, _ place: (number: Int, of: Int)?, _ run: TestRun
    ) async -> Found {
        var failsAgain: Bool?
        if failure.isRepeatable, !Task.isCancelled {
            let again = await run.run(order, as: "again")
            failsAgain = again != nil
            again?.remove()
        }
        return Found(failure: failure, order: order, place: place, failsAgain: failsAgain)
    }
}

extension Order {
    fileprivate init(_ index: Int, of portfolio: Portfolio) {
        let (strategy, seed) = portfolio.execution(index)
        self.init(strategy: strategy, seed: seed)
    }
}
