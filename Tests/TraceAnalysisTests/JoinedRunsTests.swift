internal import PoolModel
internal import Testing

@testable internal import TraceAnalysis

/// Runs of worker processes, put into those of their pools' processes.
@Suite("Joined runs")
struct JoinedRunsTests {
    private func process(_ pid: UInt32, parent: UInt32) -> PoolEvent {
        .processStart(
            PoolEvent.ProcessStart(
                pid: pid, parentPID: parent, isSerial: false, seed: 0, strategy: "", executable: "/bin/x",
                arguments: "x"))
    }

    /// A pool's process, 100, with a task that worker 7, process 200, ran.
    private func pool(startsTask: Bool) -> RunBuilder {
        var builder = RunBuilder()
        builder.add(process(100, parent: 1), at: 1)
        builder.add(.name(number: 1, text: "whole"), at: 2)
        builder.add(.origin(PoolEvent.Origin(origin: 1, pool: 1, name: 1)), at: 3)
        builder.add(.workerStart(PoolEvent.WorkerStart(pool: 1, worker: 7, number: 1, thread: 200)), at: 4)
        builder.add(.taskSubmit(.init(task: task, parent: TaskPath.main.id, ordinal: 1, origin: 1)), at: 10)
        if startsTask {
            builder.add(.taskStart(task: task, worker: 7), at: 20)
            builder.add(.taskEnd(task: task, outcome: 1), at: 90)
        }
        return builder
    }

    private let task = TaskID.child(of: TaskPath.main.id, ordinal: 1)
    private var inner: UInt64 { TaskID.child(of: task, ordinal: 1) }

    /// The worker's process: the same task, and one below it.
    private func worker(parent: UInt32 = 100) -> RunBuilder {
        var builder = RunBuilder()
        builder.add(process(200, parent: parent), at: 15)
        builder.add(.root(task: task, path: "main.1"), at: 30)
        builder.add(.name(number: 1, text: "part"), at: 30)
        builder.add(.origin(PoolEvent.Origin(origin: 1, pool: 1, name: 1)), at: 30)
        builder.add(.workerStart(PoolEvent.WorkerStart(pool: 1, worker: 0, number: 1, thread: 201)), at: 30)
        builder.add(.taskStart(task: task, worker: 0), at: 25)
        builder.add(.taskSubmit(.init(task: inner, parent: task, ordinal: 1, origin: 1)), at: 31)
        builder.add(.taskStart(task: inner, worker: 0), at: 32)
        builder.add(.taskEnd(task: inner, outcome: 1), at: 33)
        builder.add(.taskEnd(task: task, outcome: 1), at: 80)
        return builder
    }

    @Test func `A worker's tasks hang below its pool's, with names and workers of their own`() throws {
        let runs = Run.joined([pool(startsTask: true).finish(), worker().finish()])
        let run = try #require(runs.first)
        #expect(runs.count == 1)
        #expect(run.path(ofTask: inner) == "main.1.1")
        let entry = run.tasks.entries[try #require(run.tasks.position(of: inner))]
        #expect(run.name(of: entry) == "part")
        #expect(entry.worker != 7)
        let outer = run.tasks.entries[try #require(run.tasks.position(of: task))]
        #expect(run.name(of: outer) == "whole")
        #expect((outer.started, outer.ended, outer.worker) == (20, 90, 7))
        #expect(run.counts() == [.succeeded: 2])
    }

    @Test func `A task that its pool's process did not live to tell of is told by the worker`() throws {
        let run = try #require(Run.joined([pool(startsTask: false).finish(), worker().finish()]).first)
        let outer = run.tasks.entries[try #require(run.tasks.position(of: task))]
        #expect((outer.started, outer.ended, outer.worker) == (25, 80, 7))
    }

    @Test func `Where a worker's async tasks were is known by the workers' numbers in the joined run`() throws {
        var builder = worker()
        let asynchronous = TaskID.child(of: task, ordinal: 2)
        builder.add(.workerStart(PoolEvent.WorkerStart(pool: 1, worker: 1, number: 2, thread: 202)), at: 31)
        builder.add(.taskSubmit(.init(task: asynchronous, parent: task, ordinal: 2, origin: 1)), at: 40)
        builder.add(.taskStart(task: asynchronous, worker: 0), at: 41)
        builder.add(.taskSuspend(task: asynchronous, worker: 0), at: 43)
        builder.add(.taskResume(task: asynchronous, worker: 1), at: 60)
        builder.add(.taskEnd(task: asynchronous, outcome: 1), at: 65)
        let run = try #require(Run.joined([pool(startsTask: true).finish(), builder.finish()]).first)
        let entry = run.tasks.entries[try #require(run.tasks.position(of: asynchronous))]
        #expect(run.runTime(of: entry) == 7)
        let workers = try #require(run.suspensions[asynchronous]).segments.map { run.worker($0.worker)?.thread }
        #expect(workers == [201, 202])
        #expect(run.suspensions[asynchronous]?.segments.first?.worker == entry.worker)
    }

    @Test func `What several workers tell is in order of time`() throws {
        var pool = pool(startsTask: true)
        var runs: [Run] = []
        for number: UInt32 in 1...3 {
            pool.add(
                .workerStart(
                    PoolEvent.WorkerStart(pool: 1, worker: 7 + number, number: 1 + number, thread: 300 + number)),
                at: 5)
            var worker = RunBuilder()
            worker.add(process(300 + number, parent: 100), at: 15)
            worker.add(.workerStart(PoolEvent.WorkerStart(pool: 1, worker: 0, number: 1, thread: 400)), at: 30)
            for ordinal: UInt32 in 1...3 {
                let task = TaskID.child(of: UInt64(number), ordinal: ordinal)
                let time = UInt64(50 - number + 10 * ordinal)
                worker.add(.taskStart(task: task, worker: 0), at: time)
                worker.add(.waitStart(task: task, awaited: 5), at: time)
                worker.add(.mark(task: task, text: ""), at: time)
            }
            runs.append(worker.finish())
        }
        let run = try #require(Run.joined([pool.finish()] + runs).first)
        let times = run.startOrder.map { run.tasks.entries[Int($0)].started ?? 0 }
        #expect(times == [20, 57, 58, 59, 67, 68, 69, 77, 78, 79])
        #expect(run.waits.map(\.start) == Array(times.dropFirst()))
        #expect(run.marks.map(\.time) == Array(times.dropFirst()))
    }

    @Test func `A process that is no worker of another keeps its run`() {
        #expect(Run.joined([pool(startsTask: true).finish(), worker(parent: 1).finish()]).count == 2)
    }
}
