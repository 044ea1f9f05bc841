internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("The levels of a timeline")
struct TimelineLevelsTests {
    private static let ms = HandMadeRun.ms
    private static let start = HandMadeRun.start

    private func timeline(_ run: Run, columns: Int = 10, filter: TaskFilter = TaskFilter()) -> Timeline {
        Timeline(run, filter: filter.bound(to: run), columns: columns)
    }

    /// The tasks that a level's columns have, by their ordinals; 0 for none.
    private func ordinals(_ cells: [Timeline.Cell], _ run: Run) -> [UInt32] {
        cells.map { $0.task >= 0 ? run.tasks.entries[Int($0.task)].ordinal : $0.task == Timeline.Cell.none ? 0 : 99 }
    }

    @Test func `A task inside another's time is one level deeper, and neither busy time nor a count doubles`() throws {
        var made = HandMadeRun(workers: 1)
        made.task("outer", from: 0, to: 80)
        made.task("inner", from: 20, to: 50)
        made.task("innermost", from: 30, to: 40)
        made.task("inner", from: 60, to: 70)
        made.task("next", from: 80, to: 100)
        let run = made.finished(at: 100)
        let row = try #require(timeline(run).rows.first)
        #expect(
            row.levels.map { ordinals($0, run) } == [
                [1, 1, 1, 1, 1, 1, 1, 1, 5, 5], [0, 0, 2, 2, 2, 0, 4, 0, 0, 0], [0, 0, 0, 3, 0, 0, 0, 0, 0, 0],
            ])
        #expect((row.depth, row.tasks, row.busy) == (3, 5, 100 * Self.ms))
    }

    @Test func `A failure is marked on its task's level, in the last column that the task reaches into`() throws {
        for isInner in [true, false] {
            var made = HandMadeRun(workers: 1)
            made.task("outer", from: 0, to: 60, outcome: isInner ? .succeeded : .failed)
            made.task("inner", from: 20, to: 40, outcome: isInner ? .failed : .succeeded)
            made.task("next", from: 60, to: 100)
            let row = try #require(timeline(made.finished(at: 100)).rows.first)
            let failed = row.levels.map { cells in cells.indices.filter { cells[$0].hasFailure } }
            #expect(failed == (isInner ? [[], [3]] : [[5], []]))
        }
    }

    @Test func `Only the tasks that pass a filter take levels`() throws {
        var made = HandMadeRun(workers: 1)
        made.task("outer", from: 0, to: 90)
        made.task("inner", from: 20, to: 40, outcome: .failed)
        let run = made.finished(at: 100)
        var filter = TaskFilter()
        filter.failedOnly = true
        let row = try #require(timeline(run, filter: filter).rows.first)
        #expect(row.levels.map { ordinals($0, run) } == [[0, 0, 2, 2, 0, 0, 0, 0, 0, 0]])
    }

    @Test func `A segment of an async task has a level where it ran, and the failure is where it ended`() throws {
        var made = HandMadeRun()
        let task = made.submit("serve")
        made.add(0, .taskStart(task: task, worker: 1))
        made.add(20, .taskSuspend(task: task, worker: 1))
        made.task("other", on: 1, from: 30, to: 50)
        made.task("outer", on: 2, from: 50, to: 100)
        made.add(60, .taskResume(task: task, worker: 2))
        made.add(80, .taskEnd(task: task, outcome: Outcome.failed.rawValue))
        let run = made.finished(at: 100)
        let rows = timeline(run).rows
        #expect(rows[0].levels.map { ordinals($0, run) } == [[1, 1, 0, 2, 2, 0, 0, 0, 0, 0]])
        #expect(
            rows[1].levels.map { ordinals($0, run) } == [
                [0, 0, 0, 0, 0, 3, 3, 3, 3, 3], [0, 0, 0, 0, 0, 0, 1, 1, 0, 0],
            ])
        #expect(rows[1].levels[1][7].hasFailure)
        #expect(rows.map { $0.busy / Self.ms } == [40, 50])
    }

    @Test func `The deepest levels are shown together, however many there are`() throws {
        var made = HandMadeRun(workers: 1)
        for level in 0..<300 { made.task("deep", from: Double(level), to: Double(600 - level)) }
        let run = made.finished(at: 600)
        let row = try #require(timeline(run, columns: 600).rows.first)
        #expect(row.levels.count == Timeline.maximumLevels)
        #expect(row.depth == 255)
        #expect(row.busy == 600 * Self.ms)
        #expect(row.levels[7][300].task == Timeline.Cell.several)
    }

    @Test func `The index finds the one task of a level at a time, and the level that a task is on`() throws {
        var made = HandMadeRun(workers: 1)
        let outer = made.task("outer", from: 0, to: 80)
        let inner = made.task("inner", from: 20, to: 50)
        let run = made.finished(at: 100)
        let index = TimelineIndex(run)
        let (from, to) = (Self.start + 30 * Self.ms, Self.start + 35 * Self.ms)
        for (level, task) in [outer, inner].enumerated() {
            let found = index.tasks(on: 1, level: level, from: from, to: to, limit: 2)
            let position = try #require(run.tasks.position(of: task))
            #expect(found == [UInt32(position)])
            #expect(try #require(index.place(of: UInt32(position))) == (1, level))
        }
        #expect(index.levels(of: run.workers[0]) == 2)
        let window = index.timeline(from: from, to: to, columns: 4, workers: [0])
        #expect(window.rows.first?.levels.map { ordinals($0, run) } == [[1, 1, 1, 1], [2, 2, 2, 2]])
    }

    @Test(arguments: [1, 3, 7, 10, 57, 200]) func `A queue is as long in any number of columns`(columns: Int) throws {
        var made = HandMadeRun()
        // Bursts that are gone within a column, one that lasts, and one that starts as it is submitted.
        for (at, start): (Double, Double) in [(1, 2), (1, 2), (1, 2), (1.5, 2), (30, 90), (31, 91), (50, 50)] {
            made.task("step", submitted: at, from: start, to: start + 0.1)
        }
        let queue = try #require(timeline(made.finished(at: 100), columns: columns).queued[1])
        #expect(queue.most == 4)
        #expect(queue.columns.max() == 4)
        if columns == 10 { #expect(queue.columns == [4, 0, 0, 2, 2, 2, 2, 2, 2, 1]) }
    }
}
