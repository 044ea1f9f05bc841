internal import PoolModel
internal import Testing

@testable internal import TraceAnalysis

/// Where async tasks were, and when.
@Suite("Suspensions")
struct SuspensionsTests {
    private static let start = HandMadeRun.start
    private static let ms = HandMadeRun.ms

    /// A task that starts on worker 1, leaves it at 10 ms, is back on worker 2 from 20 ms on, and has not ended at 100
    /// ms.
    private func unfinished() -> (run: Run, task: UInt64) {
        var made = HandMadeRun()
        let task = made.submit("serve")
        made.add(0, .taskStart(task: task, worker: 1))
        made.add(10, .taskSuspend(task: task, worker: 1))
        made.add(20, .taskResume(task: task, worker: 2))
        made.add(100, .mark(task: made.main, text: "now"))
        return (made.finished(), task)
    }

    /// `worker from to`, in milliseconds.
    private func segments(_ run: Run, _ task: UInt64) -> [String] {
        (run.suspensions[task]?.segments ?? []).map {
            "\($0.worker) \(run.offset($0.start) / Self.ms) \(run.offset($0.end) / Self.ms)"
        }
    }

    @Test func `An async task that is on a worker when the trace ends has been on it until then`() throws {
        let (run, task) = unfinished()
        #expect(segments(run, task) == ["1 0 10", "2 20 100"])
        let rows = Timeline(run, filter: TaskFilter().bound(to: run), columns: 10).rows
        #expect(rows.map { $0.busy / Self.ms } == [10, 80])
        #expect(rows[0].cells.allSatisfy { !$0.isNotEnded }, "it has left worker 1")
        #expect(rows[1].cells.map(\.isNotEnded) == [false, false] + Array(repeating: true, count: 8))
    }

    @Test func `In a run that goes on it goes on`() {
        let (run, task) = unfinished()
        let later = run.goingOn(at: Self.start + 200 * Self.ms)
        #expect(segments(later, task) == ["1 0 10", "2 20 200"])
        #expect(segments(later.goingOn(at: Self.start + 300 * Self.ms), task) == ["1 0 10", "2 20 300"])
    }

    @Test func `One whose start is lost is where it came back to`() {
        var made = HandMadeRun()
        made.add(20, .taskResume(task: 99, worker: 2))
        made.add(50, .mark(task: made.main, text: "now"))
        #expect(segments(made.finished(), 99) == ["2 20 50"])
        made.add(60, .taskEnd(task: 99, outcome: 1))
        #expect(segments(made.finished(at: 70), 99) == ["2 20 60"])
    }

    @Test func `A suspension that is lost ends one segment at an unknown time, and makes no other longer`() throws {
        var made = HandMadeRun()
        let task = made.submit("work")
        made.add(0, .taskStart(task: task, worker: 1))
        made.add(5, .taskSuspend(task: task, worker: 1))
        made.add(10, .taskResume(task: task, worker: 1))
        // Here it was suspended.
        made.add(30, .taskResume(task: task, worker: 1))
        made.add(40, .taskSuspend(task: task, worker: 1))
        made.add(50, .taskResume(task: task, worker: 1))
        made.add(60, .taskEnd(task: task, outcome: 1))
        let run = made.finished(at: 70)
        #expect(segments(run, task) == ["1 0 5", "1 30 40", "1 50 60"])
        let entry = run.tasks.entries[try #require(run.tasks.position(of: task))]
        #expect(run.runTime(of: entry) == 25 * Self.ms)
    }

    @Test func `A moment has at most one segment, and a time the workers of all that are in it`() throws {
        let (run, task) = unfinished()
        let suspensions = try #require(run.suspensions[task])
        let entry = run.tasks.entries[try #require(run.tasks.position(of: task))]
        for (at, worker) in [(0, 1), (10, 1), (15, nil), (20, 2), (99, 2), (101, nil)] as [(UInt64, UInt32?)] {
            #expect(suspensions.segment(at: Self.start + at * Self.ms)?.worker == worker, "\(at)")
        }
        func ran(_ worker: UInt32, _ from: UInt64, _ to: UInt64) -> Bool {
            run.ran(entry, on: worker, from: Self.start + from * Self.ms, to: Self.start + to * Self.ms)
        }
        #expect(ran(1, 5, 6) && !ran(2, 5, 6))
        #expect(!ran(1, 12, 18) && !ran(2, 12, 18))
        #expect(ran(1, 5, 30) && ran(2, 5, 30))
        #expect(!ran(1, 30, 40) && ran(2, 30, 40))
    }

    @Test func `Lists and filters go by the time that a task ran, as they show it`() {
        var made = HandMadeRun()
        let suspended = made.submit("suspended")
        made.add(0, .taskStart(task: suspended, worker: 1))
        made.add(1, .taskSuspend(task: suspended, worker: 1))
        made.task("busy", on: 1, from: 2, to: 30)
        made.add(98, .taskResume(task: suspended, worker: 1))
        made.add(100, .taskEnd(task: suspended, outcome: 1))
        let run = made.finished(at: 110)
        var order = TaskOrder(run, query: TaskQuery(), key: .run, isReversed: false)
        #expect([order.position(at: 0), order.position(at: 1)] == [1, 0])
        var query = TaskQuery()
        query.filter.minimumDuration = 20 * Self.ms
        #expect(query.positions(in: run).shown == [1])
    }
}
