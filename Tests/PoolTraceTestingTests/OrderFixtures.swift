import Foundation
import PoolTrace
import PoolTraceTesting
import Synchronization
import Testing

/// Tests that fail, or look at how they are run.
///
/// `OrderTraitTests` runs them, each in a process of this bundle. Nobody else does.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["ORDER_FIXTURES"] != nil))
struct OrderFixtures {
    /// The order in which three tasks of a pool run.
    static func poolOrder() throws -> [Int] {
        let order = Mutex<[Int]>([])
        try withThreadPool(name: "three", workers: 2) { pool in
            for number in 1...3 { pool.execute { order.withLock { $0.append(number) } } }
        }
        return order.withLock(\.self)
    }

    /// The order in which three async tasks run.
    static func asyncOrder() async -> [Int] {
        await withTaskGroup { group in
            for number in 1...3 { group.addTask { number } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(.serial) func serialPool() throws {
        #expect(try Self.poolOrder() == [1, 2, 3])
    }

    @Test(.strategy(.lifo)) func lastInFirstOut() throws {
        #expect(try Self.poolOrder() == [3, 2, 1])
    }

    /// The order in which three tasks run whose values are asked for one after the other.
    static func awaitedOrder() throws -> [Int] {
        let order = Mutex<[Int]>([])
        try withThreadPool(name: "three", workers: 2) { pool in
            let tasks = (1...3).map { number in pool.submit { order.withLock { $0.append(number) } } }
            for task in tasks { try task.value() }
        }
        return order.withLock(\.self)
    }

    @Test(.strategy(.lifo)) func awaitedLastInFirstOut() throws {
        #expect(try Self.awaitedOrder() == [3, 2, 1])
    }

    /// The order that is wrong is not that of the waits.
    @Test(.explored(schedules: 40)) func awaitedInOneOrder() throws {
        #expect(try Self.awaitedOrder() != [1, 3, 2])
    }

    /// Each payment looks whether there is enough, waits for its approval, and takes the money.
    @Test(.explored(schedules: 40)) func overdrawn() throws {
        let money = Mutex(100)
        try withThreadPool(name: "bank", workers: 2) { pool in
            let payments = (1...2).map { _ in
                pool.submit(name: "pay") {
                    let isEnough = money.withLock { $0 >= 80 }
                    try pool.submit(name: "approve") {}.value()
                    if isEnough { money.withLock { $0 -= 80 } }
                }
            }
            for payment in payments { try payment.value() }
        }
        #expect(money.withLock(\.self) >= 0)
    }

    @Test(.strategy(.lifo)) func wrongOrder() throws {
        #expect(try Self.poolOrder() == [1, 2, 3])
    }

    /// One looks whether it is cancelled until it is.
    @Test(.explored(schedules: 8)) func spinsUntilCancelled() async {
        let spinner = Task.detached { while !Task.isCancelled {} }
        await Task.detached { spinner.cancel() }.value
        await spinner.value
    }

    /// One spins for what nobody does, with another behind it.
    @Test(.strategy(.fifo, limit: .seconds(5))) func spinsForEver() async {
        await withTaskGroup { group in
            group.addTask { while !Self.isSet.load(ordering: .relaxed) {} }
            group.addTask {}
        }
    }

    static let isSet = Atomic(false)

    @Test(.strategy(.lifo)) func asyncLastInFirstOut() async {
        #expect(await Self.asyncOrder() == [3, 2, 1])
    }

    /// Two deliveries are booked, each by a task that looks the stock up and one that enters the new number.
    @Test(.explored(schedules: 40)) func lostUpdate() throws {
        let stock = Mutex(100)
        try withThreadPool(name: "warehouse", workers: 2) { pool in
            @Sendable func book(_ delivered: Int) {
                let before = stock.withLock(\.self)
                pool.execute(name: "enter") { stock.withLock { $0 = before + delivered } }
            }
            pool.execute(name: "desk") { book(45) }
            pool.execute(name: "import") { pool.execute(name: "convert") { book(30) } }
        }
        #expect(stock.withLock(\.self) == 175)
    }

    /// Async tasks alone: both see the same balance, if the second comes before the first has entered its own.
    @Test(.explored(schedules: 40)) func asyncLostUpdate() async {
        actor Account {
            private(set) var balance = 100
            func pay(_ amount: Int) async {
                let before = balance
                await Task.yield()
                balance = before - amount
            }
        }
        let account = Account()
        await withTaskGroup { group in
            group.addTask { await account.pay(30) }
            group.addTask {
                // In the order of their submission the other is done by now.
                for _ in 1...3 { await Task.yield() }
                await account.pay(20)
            }
        }
        #expect(await account.balance == 50)
    }

    @Test(.serial, arguments: ["good", "bad"]) func argument(_ word: String) {
        #expect(word == "good")
    }

    @Test(.serial) func crash() throws {
        try withThreadPool(name: "crash", workers: 1) { pool in
            pool.execute(name: "out of bounds") { fatalError("nobody expects this") }
        }
    }

    @Test(.strategy(.fifo, limit: .seconds(1))) func hang() {
        DispatchSemaphore(value: 0).wait()
    }

    @Test(.serial) func knownIssue() {
        withKnownIssue { Issue.record("known") }
    }

    @Suite(.strategy(.lifo)) struct Inherited {
        @Test func fromSuite() throws { #expect(try OrderFixtures.poolOrder() == [3, 2, 1]) }
        @Test(.serial) func innermost() throws { #expect(try OrderFixtures.poolOrder() == [1, 2, 3]) }
    }
}
