internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("Times, timelines and filters")
struct AnalysisTests {
    private let main = TaskPath.main.id

    /// A run until `end` of tasks of one worker, from and to these times in nanoseconds; those without an end do not
    /// end.
    private func run(
        _ tasks: [(from: UInt64, to: UInt64?)], end: UInt64, name: (Int) -> UInt32 = { _ in 1 },
        outcome: (Int) -> Outcome = { _ in .succeeded }
    ) -> Run {
        var builder = RunBuilder()
        builder.add(.processStart(.init(pid: 1, executable: "x", arguments: "x")), at: 1000)
        builder.add(.name(number: 1, text: "parse"), at: 1000)
        builder.add(.name(number: 2, text: "load"), at: 1000)
        builder.add(.site(number: 7, Site(file: "A/B.swift", line: 3, function: "f()")), at: 1000)
        builder.add(.poolStart(.init(pool: 1, workers: 1, name: "files")), at: 1000)
        builder.add(.workerStart(.init(pool: 1, worker: 1, number: 1)), at: 1000)
        for name: UInt32 in 0...2 {
            builder.add(.origin(.init(origin: name + 1, pool: 1, site: 7, name: name)), at: 1000)
        }
        for (position, times) in tasks.enumerated() {
            let ordinal = UInt32(position + 1)
            let task = TaskID.child(of: main, ordinal: ordinal)
            builder.add(
                .taskSubmit(.init(task: task, parent: main, ordinal: ordinal, origin: name(position) + 1)), at: 1000)
            builder.add(.taskStart(task: task, worker: 1), at: 1000 + times.from)
            guard let to = times.to else { continue }
            builder.add(.taskEnd(task: task, outcome: outcome(position).rawValue), at: 1000 + to)
        }
        builder.add(.mark(task: 0, text: "end"), at: 1000 + end)
        return builder.finish()
    }

    private func timeline(_ run: Run, _ filter: TaskFilter = TaskFilter(), columns: Int = 10) -> Timeline {
        Timeline(run, filter: filter.bound(to: run), columns: columns)
    }

    @Test func `A column is as busy as the part of its time that has a task`() throws {
        let row = try #require(timeline(run([(10, 25), (40, 100)], end: 100)).rows.first)
        #expect(row.cells.map(\.busy) == [0, 1, 0.5, 0, 1, 1, 1, 1, 1, 1])
        #expect(row.busy == 75)
        #expect(row.tasks == 2)
    }

    @Test func `A task inside another's time adds nothing to it`() throws {
        let row = try #require(timeline(run([(0, 50), (10, 30)], end: 100)).rows.first)
        #expect(row.busy == 50)
        #expect(row.cells.map(\.busy) == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
        #expect(row.cells[2].task == 0)
    }

    @Test func `A failure is marked where the task ends`() throws {
        let row = try #require(
            timeline(run([(0, 35), (40, 45)], end: 100, outcome: { $0 == 0 ? .failed : .succeeded })).rows.first)
        #expect(row.cells.map(\.hasFailure).firstIndex(of: true) == 3)
        #expect(row.failed == 1)
    }

    @Test func `A task that does not end runs to the last column`() throws {
        let row = try #require(timeline(run([(55, nil)], end: 100)).rows.first)
        #expect(row.cells.map(\.isNotEnded) == [false, false, false, false, false, true, true, true, true, true])
        #expect(row.busy == 45)
    }

    @Test func `Tasks wait between their submission and their start`() {
        let timeline = timeline(run([(10, 20), (30, 40), (90, 100)], end: 100))
        #expect(timeline.queued[1]?.columns == [3, 2, 2, 1, 1, 1, 1, 1, 1, 0])
    }

    @Test func `A window cuts tasks at its edges`() throws {
        var filter = TaskFilter()
        filter.from = 20
        filter.to = 40
        let row = try #require(timeline(run([(0, 30), (35, 90)], end: 100), filter, columns: 4).rows.first)
        #expect(row.cells.map(\.busy) == [1, 1, 0, 1])
        #expect(row.busy == 15)
    }

    @Test func `Names are groups, tasks without one go by their site, those with most run time first`() throws {
        let run = run([(0, 10), (10, 30), (30, 90), (90, 100)], end: 100, name: { [1, 2, 0, 1][$0] })
        let times = TaskTimes.of(run, filter: TaskFilter().bound(to: run))
        #expect(
            Set(times.map(\.group)) == [
                .site(Site(file: "A/B.swift", line: 3, function: "f()")), .name("parse"), .name("load"),
            ])
        #expect(times.map(\.totalRunTime) == [60, 20, 20])
        let parse = try #require(times.first { $0.group == .name("parse") })
        #expect(parse.count == 2)
        #expect(parse.runTime?.p99 == 10)
        #expect(parse.queueWait?.max == 90)
        #expect(parse.turnaround?.p50 == 10)
    }

    @Test func `Percentiles are right to three digits`() throws {
        let run = run((0..<1000).map { ($0 * 2000, $0 * 2000 + $0 + 1) }, end: 3_000_000)
        let times = try #require(TaskTimes.of(run, filter: TaskFilter().bound(to: run)).first?.runTime)
        #expect(times.count == 1000)
        #expect((495...505).contains(times.p50), "\(times)")
        #expect((895...905).contains(times.p90), "\(times)")
        #expect((985...995).contains(times.p99), "\(times)")
        #expect(times.max == 1000)
    }

    @Test func `A damaged trace's times do not trap`() {
        let last = UInt64.max
        var builder = RunBuilder()
        for (task, time): (UInt64, UInt64) in [(1, 0), (2, last), (3, last / 2)] {
            builder.add(.taskSubmit(.init(task: task, parent: 0, ordinal: 1, origin: 1)), at: last - time)
            builder.add(.taskStart(task: task, worker: 1), at: time)
            builder.add(.taskEnd(task: task, outcome: 2), at: last)
            builder.add(
                .taskError(
                    TaskError(
                        task: task &+ 10, number: last, sameBefore: last, start: last, queueWait: last, runTime: last,
                        pool: 1,
                        worker: 9, site: 1, path: "main", type: "", message: "",
                        beside: [.init(worker: .max, name: .max, running: last, path: "")], ancestorSites: [last],
                        ancestorNames: [last])), at: time)
        }
        builder.add(.report(number: last, same: last), at: 5)
        let run = builder.finish()
        for (from, to): (UInt64?, UInt64?) in [(nil, nil), (0, last), (last, last), (5, 5)] {
            var filter = TaskFilter()
            filter.from = from
            filter.to = to
            #expect(timeline(run, filter, columns: 50).rows.count == run.workers.count)
            #expect(TaskTimes.of(run, filter: filter.bound(to: run)).count <= 1)
        }
        #expect(run.reports.count == 1)
    }
}
