import Testing

@testable import PoolSchedule

@Suite("A schedule that is followed")
struct FollowingTests {
    private static func parts(_ tasks: [UInt64]) -> [TaskPart] { tasks.map { TaskPart(task: $0) } }

    private static func rest(_ strategy: inout some Strategy) -> [UInt64] {
        var order: [UInt64] = []
        while let next = strategy.next() { order.append(next.task) }
        return order
    }

    private static func goesOn(_ strategy: inout some FollowingStrategy, _ part: TaskPart) -> Bool {
        strategy.goesOn(part)
    }

    /// A serial run under a random strategy, in which tasks submit others: its steps.
    private static func run(_ strategy: some Strategy, seed: UInt64) -> (steps: [Schedule.Step], strategy: any Strategy)
    {
        var strategy = strategy
        var steps: [Schedule.Step] = []
        var arrivals: [TaskPart: UInt64] = [:]
        func add(_ task: UInt64, _ segment: UInt32) {
            let part = TaskPart(task: task, segment: segment)
            arrivals[part] = UInt64(arrivals.count + 1)
            strategy.add(ReadyTask(task: task, segment: segment, token: arrivals.count))
        }
        for task in 1...5 { add(UInt64(task), 0) }
        while let next = strategy.next() {
            steps.append(Schedule.Step(part: next.part, arrival: arrivals[next.part] ?? 0))
            // What a task does depends on who it is, not on when it runs.
            var generator = SplitMix64(seed: next.task &* 31 &+ UInt64(next.part.segment) &+ seed)
            if next.task < 10_000 {
                let first = next.task &* 100 &+ UInt64(next.part.segment) &* 10 &+ 10
                for child in 0..<generator.next() % 3 { add(first &+ child, 0) }
            }
            if next.part.segment < 2, generator.next() % 2 == 0 { add(next.task, next.part.segment + 1) }
        }
        return (steps, strategy)
    }

    @Test("step by step gives the same run again, 1,000 of 1,000")
    func exact() {
        for seed in UInt64(1)...1000 {
            let recorded = Self.run(RandomStrategy(seed: seed), seed: seed).steps
            let again = Self.run(RecordedStrategy(steps: recorded.map(\.part)), seed: seed)
            #expect(again.steps == recorded, "seed \(seed)")
            #expect((again.strategy as? RecordedStrategy)?.divergence == nil, "seed \(seed)")
        }
    }

    @Test("by its delays alone gives the same run again, 1,000 of 1,000, and none for first in, first out")
    func delays() {
        for seed in UInt64(1)...1000 {
            let recorded = Self.run(RandomStrategy(seed: seed), seed: seed).steps
            let delays = Schedule.delays(of: recorded)
            let again = Self.run(DelayedStrategy(delays: delays), seed: seed)
            #expect(again.steps == recorded, "seed \(seed)")
            #expect((again.strategy as? DelayedStrategy)?.divergence == nil, "seed \(seed)")
            #expect(Schedule.delays(of: Self.run(FIFOStrategy(), seed: seed).steps) == [])
        }
    }

    @Test("is left where a task is not ready, which then runs as soon as it can")
    func divergence() {
        var strategy = RecordedStrategy(steps: Self.parts([1, 2, 3, 4]))
        for task: UInt64 in [4, 3, 1] { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.next()?.task == 1 && strategy.divergence == nil)
        #expect(strategy.next()?.task == 3)
        let expected = Divergence(step: 2, expected: TaskPart(task: 2), chosen: TaskPart(task: 3), ready: 2)
        #expect(strategy.divergence == expected)
        strategy.add(ReadyTask(task: 2, token: 0))
        #expect(Self.rest(&strategy) == [2, 4])
        #expect(strategy.divergence == expected)
    }

    @Test("may be given up at the first divergence, for first in, first out")
    func continuing() {
        var strategy = RecordedStrategy(steps: Self.parts([1, 2, 3, 4]), staysAfterDivergence: false)
        for task: UInt64 in [4, 3, 1] { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.next()?.task == 1)
        #expect(strategy.next()?.task == 3)
        strategy.add(ReadyTask(task: 2, token: 0))
        #expect(Self.rest(&strategy) == [4, 2])
    }

    @Test("takes what ran because another task waited for it as a step")
    func waitedFor() {
        var strategy = RecordedStrategy(steps: Self.parts([1, 2, 3]))
        for task: UInt64 in 1...3 { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.next()?.task == 1)
        strategy.didRun(2)
        // Its ticket is still there, and no divergence.
        #expect(Self.rest(&strategy) == [2, 3])
        #expect(strategy.divergence == nil)
    }

    @Test("lets what is in the middle of a part go on first, or last if it lets others, without a divergence")
    func rests() {
        var strategy = RecordedStrategy(steps: Self.parts([1, 2, 3]))
        for task: UInt64 in [3, 2, 1] { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.next()?.task == 1)
        strategy.add(ReadyTask(.rest(of: 1), token: 0, isFront: true))
        #expect(!Self.goesOn(&strategy, TaskPart(task: 2)))
        #expect(strategy.next()?.part == .rest(of: 1))
        strategy.add(ReadyTask(.rest(of: 1), token: 0))
        #expect(Self.rest(&strategy) == [2, 3, 1] && strategy.divergence == nil)
    }

    @Test("lets a task go on after a wait at its place, whatever tickets are left of what others ran")
    func waits() {
        let first = TaskPart(task: 1, segment: 1)
        var strategy = RecordedStrategy(steps: Self.parts([1, 2]) + [first] + Self.parts([3]))
        for task: UInt64 in 1...3 { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.next()?.task == 1)
        #expect(!Self.goesOn(&strategy, first) && !Self.goesOn(&strategy, TaskPart(task: 3)))
        // On top of the first, which waits for it.
        #expect(Self.goesOn(&strategy, TaskPart(task: 2)))
        #expect(Self.goesOn(&strategy, first))
        #expect(Self.rest(&strategy) == [2, 3] && strategy.divergence == nil)
    }

    @Test("expects no more of a task that has ended")
    func ended() {
        var strategy = RecordedStrategy(
            steps: Self.parts([1]) + [TaskPart(task: 1, segment: 1), TaskPart(task: 1, segment: 2)] + Self.parts([2]))
        for task: UInt64 in 1...2 { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.next()?.task == 1)
        strategy.didEnd(1)
        #expect(Self.rest(&strategy) == [2] && strategy.divergence == nil)
    }

    @Test("lets a thread outside the pools go on after a wait only at its place, if it has one there")
    func threads() {
        let main: UInt64 = 100
        let first = TaskPart(task: main), second = TaskPart(task: main, segment: 1)
        var recorded = RecordedStrategy(steps: Self.parts([1, 2]) + [first] + Self.parts([3]), threads: [main])
        for task: UInt64 in 1...3 { recorded.add(ReadyTask(task: task, token: 0)) }
        #expect(recorded.next()?.task == 1)
        #expect(Self.goesOn(&recorded, first) == false)
        #expect(recorded.next()?.task == 2)
        #expect(Self.goesOn(&recorded, first) == true)
        #expect(Self.goesOn(&recorded, second), "a wait that the schedule does not know")
        #expect(recorded.next()?.task == 3 && recorded.divergence == nil)

        // It never comes to its wait: no divergence.
        recorded = RecordedStrategy(steps: [first] + Self.parts([1]) + [second] + Self.parts([2]), threads: [main])
        for task: UInt64 in 1...2 { recorded.add(ReadyTask(task: task, token: 0)) }
        #expect(Self.rest(&recorded) == [1, 2] && recorded.divergence == nil)

        let delays = [Schedule.Delay(first, until: TaskPart(task: 2)), Schedule.Delay(TaskPart(task: 3), until: first)]
        var delayed = DelayedStrategy(delays: delays)
        for task: UInt64 in [3, 1, 2, 4] { delayed.add(ReadyTask(task: task, token: 0)) }
        #expect(delayed.next()?.task == 1)
        #expect(Self.goesOn(&delayed, first) == false)
        #expect(delayed.next()?.task == 2)
        #expect(Self.goesOn(&delayed, first) == true)
        #expect(Self.rest(&delayed) == [3, 4] && delayed.divergence == nil)
    }

    @Test("runs what it does not know last, first in, first out")
    func unknown() {
        var strategy = RecordedStrategy(steps: Self.parts([2, 1]))
        for task: UInt64 in [9, 8, 1, 2] { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(Self.rest(&strategy) == [2, 1, 9, 8])
        #expect(strategy.divergence == nil)
    }

    @Test("gives a delay up where nothing else is ready")
    func givenUp() {
        let delay = Schedule.Delay(TaskPart(task: 1), until: TaskPart(task: 7))
        var strategy = DelayedStrategy(delays: [delay])
        for task: UInt64 in 1...2 { strategy.add(ReadyTask(task: task, token: 0)) }
        #expect(strategy.count == 2)
        #expect(Self.rest(&strategy) == [2, 1])
        #expect(strategy.divergence?.expected == TaskPart(task: 7))
    }
}
