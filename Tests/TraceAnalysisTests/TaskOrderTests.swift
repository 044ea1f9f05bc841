internal import Testing
internal import TraceAnalysis

@Suite("TaskOrder")
struct TaskOrderTests {
    /// 10,000 tasks whose run times go up and down, so that many are equal.
    private static let run: Run = {
        var made = HandMadeRun(workers: 3)
        for number in 1...10_000 {
            let task = made.submit(number % 3 == 0 ? "third" : "other", at: Double(number))
            made.run(task, on: UInt32(number % 3 + 1), from: Double(number), to: Double(number + number * 7919 % 100))
        }
        return made.finished(at: 20_000)
    }()

    @Test(arguments: TaskOrder.Key.allCases, [false, true])
    func `Rows are the same whether they are asked for from the beginning or from the end`(
        key: TaskOrder.Key, isReversed: Bool
    ) {
        let count = Self.run.tasks.entries.count
        var forwards = TaskOrder(Self.run, query: TaskQuery(), key: key, isReversed: isReversed)
        var backwards = forwards
        #expect(forwards.count == count)
        let rows = (0..<count).map { forwards.position(at: $0) }
        let fromEnd = (0..<count).reversed().map { backwards.position(at: $0) }
        #expect(rows == fromEnd.reversed(), "\(key)")
        #expect(Set(rows).count == count)
        #expect(forwards.position(at: count) == nil)
        #expect(forwards.position(at: -1) == nil)
    }

    @Test func `The longest come first, and of equal ones the earlier`() {
        let run = Self.run
        var order = TaskOrder(run, query: TaskQuery(), key: .run, isReversed: false)
        let expected = run.tasks.entries.indices.sorted {
            let (left, right) = (run.tasks.entries[$0].runTime ?? 0, run.tasks.entries[$1].runTime ?? 0)
            return left != right ? left > right : $0 < $1
        }
        #expect(expected.indices.allSatisfy { order.position(at: $0) == UInt32(expected[$0]) })
    }

    @Test func `A task's row is found again`() throws {
        var order = TaskOrder(Self.run, query: try TaskQuery(words: "third"), key: .submission, isReversed: true)
        #expect(order.count == 3333)
        let hundredth = order.position(at: 100)
        let position = try #require(hundredth)
        #expect(order.row(of: position) == 100)
        #expect(order.row(of: 0) == nil)
    }

    @Test(arguments: TaskOrder.Key.allCases)
    func `A task's row is found in a list of which nothing has been looked at yet`(key: TaskOrder.Key) throws {
        var looked = TaskOrder(Self.run, query: TaskQuery(), key: key, isReversed: false)
        var fresh = looked
        let row = looked.position(at: 100)
        let position = try #require(row)
        #expect(fresh.row(of: position) == 100, "\(key)")
    }
}
