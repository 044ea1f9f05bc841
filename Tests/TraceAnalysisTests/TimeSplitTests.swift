internal import PoolModel
internal import Testing

@testable internal import TraceAnalysis

/// What becomes of the kernel's counts of a worker.
@Suite("Time on a processor, ready, and blocked")
struct TimeSplitTests {
    private static let ms = HandMadeRun.ms

    /// The time of worker 1 that ends at `time`, in milliseconds.
    private func add(
        _ elapsed: Double, onCPU: Double, ready: Double, endingAt time: Double, to made: inout HandMadeRun,
        worker: UInt32 = 1
    ) {
        func nanoseconds(_ milliseconds: Double) -> UInt64 { UInt64(milliseconds * Double(Self.ms)) }
        made.add(
            time,
            .workerTime(
                worker: worker, elapsed: nanoseconds(elapsed), onCPU: nanoseconds(onCPU), ready: nanoseconds(ready)))
    }

    /// Milliseconds on a processor, ready and blocked.
    private func split(_ run: Run, _ task: UInt64) throws -> [UInt64]? {
        let position = try #require(run.tasks.position(of: task))
        guard let split = run.timeSplit(at: position) else { return nil }
        #expect(split.total == run.runTime(of: run.tasks.entries[position]), "all of it is the run time")
        return [split.onCPU, split.ready, split.blocked].map { ($0 + Self.ms / 2) / Self.ms }
    }

    @Test func `A task has the counts of the time that it ran in`() throws {
        var made = HandMadeRun()
        let task = made.task("load", from: 10, to: 110)
        add(100, onCPU: 30, ready: 20, endingAt: 110, to: &made)
        #expect(try split(made.finished(at: 120), task) == [30, 20, 50])
    }

    @Test func `The time off the processors is that of a long task, and not of the short ones before it`() throws {
        var made = HandMadeRun()
        let first = made.task("short", from: 0, to: 1)
        let second = made.task("long", from: 1, to: 40)
        add(40, onCPU: 10, ready: 4, endingAt: 40, to: &made)
        let run = made.finished(at: 50)
        #expect(try split(run, first) == [1, 0, 0])
        #expect(try split(run, second) == [9, 4, 26])
    }

    @Test func `Tasks of about one length share what was measured of them together, of each it is not known`() throws {
        var made = HandMadeRun()
        let first = made.task("even", from: 0, to: 10)
        let second = made.task("even", from: 10, to: 40)
        add(40, onCPU: 20, ready: 4, endingAt: 40, to: &made)
        let run = made.finished(at: 50)
        #expect(try split(run, first) == nil && split(run, second) == nil)
        let row = try #require(RunStatistics(run, filter: TaskFilter().bound(to: run)).names.first)
        #expect([row.split.onCPU, row.split.ready, row.split.blocked].map { $0 / Self.ms } == [20, 4, 16])
        // Where all of them were on a processor, it is.
        var busy = HandMadeRun()
        let one = busy.task("even", from: 0, to: 10)
        busy.task("even", from: 10, to: 40)
        add(40, onCPU: 40, ready: 0, endingAt: 40, to: &busy)
        #expect(try split(busy.finished(at: 50), one) == [10, 0, 0])
    }

    @Test func `A time in which the worker had no task takes up the time off the processor first`() throws {
        var made = HandMadeRun()
        let first = made.task("a", from: 0, to: 10)
        let second = made.task("b", from: 40, to: 50)
        add(50, onCPU: 20, ready: 0, endingAt: 50, to: &made)
        let run = made.finished(at: 50)
        #expect(try split(run, first) == [10, 0, 0])
        #expect(try split(run, second) == [10, 0, 0])
    }

    @Test func `A task is blocked while the one that it waits for runs on top of it, and a worker's time counts once`()
        throws
    {
        var made = HandMadeRun()
        let outer = made.submit("outer")
        made.add(0, .taskStart(task: outer, worker: 1))
        let inner = made.submit("inner", of: outer, at: 10)
        add(10, onCPU: 10, ready: 0, endingAt: 10, to: &made)
        made.wait(of: outer, for: inner, from: 10, to: 40)
        made.run(inner, on: 1, from: 10, to: 40)
        add(30, onCPU: 20, ready: 10, endingAt: 40, to: &made)
        made.add(50, .taskEnd(task: outer, outcome: Outcome.succeeded.rawValue))
        add(10, onCPU: 10, ready: 0, endingAt: 50, to: &made)
        let run = made.finished(at: 60)
        #expect(try split(run, outer) == [20, 0, 30])
        #expect(try split(run, inner) == [20, 10, 0])
        #expect(run.selfTime(at: try #require(run.tasks.position(of: outer))) == 20 * Self.ms)
        let worker = try #require(
            RunStatistics(run, filter: TaskFilter().bound(to: run)).workerRows.first { $0.busy > 0 })
        #expect(worker.split.total == worker.busy && worker.split.onCPU == 40 * Self.ms)
    }

    @Test func `An async task has the counts of the segments that it ran in, on whatever worker`() throws {
        var made = HandMadeRun()
        let task = made.submit("serve")
        made.add(0, .taskStart(task: task, worker: 1))
        made.add(10, .taskSuspend(task: task, worker: 1))
        add(10, onCPU: 6, ready: 0, endingAt: 10, to: &made)
        made.add(50, .taskResume(task: task, worker: 2))
        made.add(60, .taskEnd(task: task, outcome: Outcome.succeeded.rawValue))
        add(10, onCPU: 2, ready: 5, endingAt: 60, to: &made, worker: 2)
        #expect(try split(made.finished(at: 70), task) == [8, 5, 7])
    }

    @Test func `What was not measured is not known: no counts, a part of them, or no end`() throws {
        var made = HandMadeRun()
        let whole = made.task("whole", from: 0, to: 10)
        add(10, onCPU: 10, ready: 0, endingAt: 10, to: &made)
        let half = made.task("half", from: 20, to: 30)
        add(5, onCPU: 5, ready: 0, endingAt: 25, to: &made)
        let none = made.task("none", from: 40, to: 50)
        let open = made.task("open", from: 60, to: nil)
        let run = made.finished(at: 70)
        #expect(try split(run, whole) == [10, 0, 0])
        for task in [half, none, open] { #expect(try split(run, task) == nil) }
        var older = HandMadeRun()
        older.task("old", from: 0, to: 10)
        #expect(!older.finished(at: 20).hasTimeSplits)
    }

    @Test func `Counts that cannot be are cut to the time`() throws {
        var made = HandMadeRun()
        let task = made.task("odd", from: 0, to: 10)
        made.add(10, .workerTime(worker: 1, elapsed: .max, onCPU: .max, ready: .max))
        made.add(10, .workerTime(worker: 9, elapsed: 0, onCPU: 1, ready: 1))
        let split = try #require(try split(made.finished(at: 20), task))
        #expect(split == [10, 0, 0])
    }

    @Test func `The columns of a timeline tell the part in which their tasks were off the processors`() throws {
        var made = HandMadeRun()
        made.task("blocked", from: 0, to: 50)
        add(50, onCPU: 10, ready: 0, endingAt: 50, to: &made)
        made.task("computes", from: 50, to: 100)
        add(50, onCPU: 45, ready: 5, endingAt: 100, to: &made)
        let run = made.finished(at: 100)
        let cells = Timeline(run, filter: TaskFilter().bound(to: run), columns: 10).rows[0].cells
        #expect(cells.map(\.isOffCPU) == Array(repeating: true, count: 5) + Array(repeating: false, count: 5))
        #expect(abs(cells[0].offCPU - 0.8) < 0.01 && abs(cells[9].offCPU - 0.1) < 0.01)
    }

    @Test func `Self time is run time without waits, of which several at a time count once`() throws {
        var made = HandMadeRun()
        let task = made.task("parent", from: 0, to: 100)
        let (one, two) = (made.submit("child"), made.submit("child"))
        made.wait(of: task, for: one, from: 10, to: 50)
        made.wait(of: task, for: two, from: 30, to: 60)
        // It went on, so it waits no longer.
        made.wait(of: task, for: two, from: 90, to: nil)
        let run = made.finished(at: 120)
        #expect(run.selfTime(at: try #require(run.tasks.position(of: task))) == 40 * Self.ms)
    }
}
