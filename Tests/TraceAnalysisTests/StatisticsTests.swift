internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("RunStatistics")
struct StatisticsTests {
    private func statistics(_ run: Run, _ filter: TaskFilter = TaskFilter()) -> RunStatistics {
        RunStatistics(run, filter: filter.bound(to: run))
    }

    private func sample() -> Run {
        var made = HandMadeRun()
        made.task("parse", submitted: 10, on: 1, from: 20, to: 50)
        made.task("parse", submitted: 10, on: 1, from: 50, to: 60, outcome: .failed)
        made.task("load", submitted: 10, on: 2, from: 10, to: 110)
        made.task("load", submitted: 20, from: 110, to: nil)
        _ = made.submit("load", at: 30)
        return made.finished(at: 120)
    }

    @Test func `The makespan is from the first submission to the last end, and workers are busy a part of it`() {
        let statistics = statistics(sample())
        #expect(statistics.makespan == 110 * HandMadeRun.ms)
        #expect(statistics.workers == 2)
        // 30 + 10 + 10 and 100 of 2 times 110.
        #expect(abs(statistics.utilization - 150 / 220) < 0.001)
        #expect(statistics.outcomes == [.succeeded: 2, .failed: 1, .notEnded: 1, .notStarted: 1])
    }

    @Test func `Rows are by name, pool and worker, and count every task once in each`() throws {
        let statistics = statistics(sample())
        #expect(statistics.names.map(\.group) == [.name(.name("load")), .name(.name("parse"))])
        #expect(statistics.names.map(\.count) == [3, 2])
        #expect(statistics.names.map { $0.outcomes[.failed] ?? 0 } == [0, 1])
        #expect(statistics.pools.map(\.count) == [5])
        #expect(statistics.workerRows.map(\.count) == [3, 1])
        let parse = try #require(statistics.names.last)
        #expect(parse.queueWait?.max == 40 * HandMadeRun.ms)
        #expect(parse.runTime?.count == 2)
        #expect(parse.turnaround?.max == 50 * HandMadeRun.ms)
        #expect(abs(parse.utilization - 40 / 220) < 0.001)
    }

    @Test func `A filter leaves out tasks, and the time before and after those that stay`() {
        var filter = TaskFilter()
        filter.name = "parse"
        let statistics = statistics(sample(), filter)
        #expect(statistics.makespan == 50 * HandMadeRun.ms)
        #expect(statistics.names.map(\.count) == [2])
    }

    @Test func `More names and workers than have room are taken together, not forgotten`() {
        var made = HandMadeRun(workers: 400)
        for number in 0..<400 {
            made.task("name \(number)", on: UInt32(number + 1), from: Double(number), to: Double(number) + 1)
        }
        let statistics = statistics(made.finished(at: 500))
        #expect(statistics.names.reduce(0) { $0 + $1.count } == 400)
        #expect(statistics.names.count < 400)
        #expect(statistics.workerRows.count == 400)
        #expect(statistics.workerRows.allSatisfy { $0.count == 1 && $0.busy == HandMadeRun.ms })
    }

    @Test func `A run without tasks is nothing at all`() {
        let statistics = statistics(HandMadeRun().finished(at: 5))
        #expect(statistics.makespan == 0 && statistics.utilization == 0 && statistics.names.isEmpty)
        #expect(statistics.workerRows.map(\.count) == [0, 0])
    }
}
