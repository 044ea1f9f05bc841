internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("Timelines of parts of a run")
struct TimelineIndexTests {
    /// Tasks of 80 ns every 100 ns on four workers in turn, but for one that runs all the time.
    private func run(tasks: UInt32) -> Run {
        var builder = RunBuilder()
        builder.add(.origin(.init(origin: 1, pool: 1)), at: 0)
        builder.add(.workerStart(.init(pool: 1, worker: 5, number: 5)), at: 0)
        let long = TaskID.child(of: TaskPath.main.id, ordinal: 9_999_999)
        builder.add(.taskStart(task: long, worker: 5), at: 1)
        for ordinal in 1...tasks {
            let task = TaskID.child(of: TaskPath.main.id, ordinal: ordinal)
            let start = UInt64(ordinal) * 100
            builder.add(
                .taskSubmit(.init(task: task, parent: TaskPath.main.id, ordinal: ordinal, origin: 1)), at: start)
            builder.add(.taskStart(task: task, worker: 1 + ordinal % 4), at: start)
            builder.add(.taskEnd(task: task, outcome: 0), at: start + 80)
        }
        return builder.finish()
    }

    @Test func `A window of many tasks is what its tasks make, whether added up or laid out`() {
        let run = run(tasks: 60_000)
        let index = TimelineIndex(run)
        let exact = Timeline(run, filter: TaskFilter().bound(to: run), columns: 64)
        let whole = index.timeline(from: run.start, to: run.end, columns: 64, workers: run.workers.indices)
        #expect(whole.rows.count == exact.rows.count)
        for (row, exactRow) in zip(whole.rows, exact.rows) {
            #expect(row.worker == exactRow.worker)
            #expect(row.tasks == exactRow.tasks)
            for (column, (cell, exactCell)) in zip(row.cells, exactRow.cells).enumerated() {
                #expect(abs(cell.busy - exactCell.busy) < 0.05, "worker \(row.worker.id), column \(column)")
            }
        }
    }

    @Test func `A narrow window has the tasks that run in it, also one that began long before`() {
        let run = run(tasks: 60_000)
        let index = TimelineIndex(run)
        let narrow = index.timeline(from: 3_000_000, to: 3_000_400, columns: 40, workers: run.workers.indices)
        #expect(narrow.rows.map(\.tasks).reduce(0, +) == 6, "\(narrow.rows.map(\.tasks))")
        #expect(narrow.rows.first { $0.worker.id == 5 }?.cells.allSatisfy { $0.busy > 0.9 } == true)
        #expect(index.tasks(from: 3_000_000, to: 3_000_050, limit: 10).count == 2)
        #expect(index.tasks(from: 3_000_000, to: 3_000_050, limit: 1).count == 1)
    }

    @Test func `The neighbours of a task are those that its worker ran before and after`() throws {
        let run = run(tasks: 100)
        let index = TimelineIndex(run)
        let task = TaskID.child(of: TaskPath.main.id, ordinal: 50)
        let position = try #require(run.tasks.position(of: task))
        let (before, after) = index.neighbours(of: UInt32(position))
        #expect(try run.tasks.entries[Int(#require(before))].ordinal == 46)
        #expect(try run.tasks.entries[Int(#require(after))].ordinal == 54)
    }
}
