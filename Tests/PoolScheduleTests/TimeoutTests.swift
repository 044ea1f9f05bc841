import PoolSchedule
import Testing

@Suite("Timeouts")
struct TimeoutTests {
    private func wait(_ task: UInt64, _ left: Duration) -> LimitedWait { LimitedWait(TaskPart(task: task), left: left) }

    @Test(
        "A searching strategy ends a short one now and then while tasks are ready, and one of a minute hardly ever",
        arguments: [StrategyName.random, .delays(percent: 20), .pct(depth: 3, steps: 100)])
    func stalls(name: StrategyName) {
        var (short, long) = (0, 0)
        for seed in UInt64(1)...40 {
            var strategy = name.makeStrategy(seed: seed)
            strategy.add(ReadyTask(task: 9, token: 0))
            for _ in 0..<250 {
                if let ended = strategy.limitToEnd([wait(1, .milliseconds(10)), wait(2, .seconds(1))]) {
                    #expect(ended == 0, "the first to end")
                    short += 1
                }
                if strategy.limitToEnd([wait(3, .seconds(60))]) != nil { long += 1 }
            }
        }
        // Of 10,000 steps: a hundred on three machines in four, and all on the slow ones.
        #expect(short > 1500 && short < 5000, "\(short)")
        #expect(long == 0)
    }

    @Test("First in, first out and last in, first out leave all to the clock", arguments: [StrategyName.fifo, .lifo])
    func plain(name: StrategyName) {
        var strategy = name.makeStrategy(seed: 1)
        strategy.add(ReadyTask(task: 9, token: 0))
        #expect(strategy.limitToEnd([wait(1, .nanoseconds(1))]) == nil)
    }

    @Test("A recorded order ends the one whose task comes next, and no other")
    func recorded() {
        var strategy = RecordedStrategy(steps: [1, 2, 3].map { TaskPart(task: $0) })
        strategy.add(ReadyTask(task: 1, token: 0))
        let waits = [wait(3, .seconds(1)), wait(2, .seconds(2))]
        #expect(strategy.limitToEnd(waits) == nil)
        #expect(strategy.next()?.task == 1)
        strategy.add(ReadyTask(task: 3, token: 1))
        #expect(strategy.limitToEnd(waits) == 1)
    }

    @Test("Delays end one where nothing is ready but what waits for it")
    func delayed() {
        let delay = Schedule.Delay(TaskPart(task: 1), until: TaskPart(task: 2))
        var strategy = DelayedStrategy(delays: [delay])
        strategy.add(ReadyTask(task: 3, token: 0))
        strategy.add(ReadyTask(task: 1, token: 1))
        let waits = [wait(2, .seconds(1))]
        #expect(strategy.limitToEnd(waits) == nil)
        #expect(strategy.next()?.task == 3)
        #expect(strategy.limitToEnd(waits) == 0)
        strategy.add(ReadyTask(task: 2, token: 2))
        #expect([strategy.next()?.task, strategy.next()?.task] == [2, 1])
        #expect(strategy.divergence == nil)
    }

    @Test("All orders of a program have each timeout ended before and after every other step")
    func enumerated() {
        let orders = OrderEnumeration()
        var seen: Set<String> = []
        repeat {
            var strategy = orders.strategy
            var text = ""
            strategy.add(ReadyTask(task: 1, token: 0))
            strategy.add(ReadyTask(task: 2, token: 1))
            var waits = [wait(3, .seconds(1))]
            while strategy.count > 0 || !waits.isEmpty {
                if strategy.count == 0 || strategy.limitToEnd(waits) != nil {
                    strategy.add(ReadyTask(task: 3, token: 2))
                    waits = []
                }
                if let next = strategy.next() { text += "\(next.task)" }
            }
            seen.insert(text)
        } while orders.advance()
        #expect(seen == ["123", "132", "213", "231", "312", "321"])
        #expect(orders.divergence == nil)
    }
}
