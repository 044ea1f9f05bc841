internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("CriticalPath")
struct CriticalPathTests {
    private let ms = HandMadeRun.ms

    /// The chain as `kind path milliseconds`.
    private func chain(_ run: Run) -> [String] {
        CriticalPath(run).segments.map { segment in
            "\(segment.kind) \(run.path(ofTask: segment.task)) \(segment.length / ms)"
        }
    }

    private func gain(_ run: Run, of path: String) -> UInt64? {
        CriticalPath(run).tasks.first { run.path(ofTask: $0.subject) == path }.map { $0.gain / ms }
    }

    @Test func `A task that waited in the queue is bound by the task that held the worker`() {
        var made = HandMadeRun(workers: 1)
        made.task("a", from: 10, to: 40)
        made.task("b", from: 42, to: 100)
        let run = made.finished(at: 120)
        #expect(chain(run) == ["handover main.1 10", "run main.1 30", "handover main.2 2", "run main.2 58"])
        #expect(CriticalPath(run).makespan == 100 * ms)
        #expect(gain(run, of: "main.1") == 30)
        #expect(CriticalPath(run).gainOfHandover == 12 * ms)
        // With a worker of its own, b starts when a does, but for what it was handed over in.
        #expect(CriticalPath(run).gainOfWorkers == 40 * ms)
    }

    @Test func `What a task ran is split into time on CPU, ready and blocked, and its waits are no part of it`() throws
    {
        var made = HandMadeRun()
        let parent = made.submit("parent")
        made.add(0, .taskStart(task: parent, worker: 1))
        let child = made.submit("child", of: parent, at: 20)
        made.wait(of: parent, for: child, from: 20, to: 80)
        made.run(child, on: 2, from: 20, to: 80)
        made.add(80, .workerTime(worker: 2, elapsed: 60 * ms, onCPU: 10 * ms, ready: 20 * ms))
        made.add(100, .taskEnd(task: parent, outcome: 1))
        made.add(100, .workerTime(worker: 1, elapsed: 100 * ms, onCPU: 20 * ms, ready: 10 * ms))
        let path = CriticalPath(made.finished(at: 101))
        #expect(
            path.segments.map { [$0.split?.onCPU, $0.split?.ready, $0.split?.blocked].map { ($0 ?? 0) / ms } }
                == [[10, 5, 5], [10, 20, 30], [10, 5, 5]])
        #expect(path.split.total == path.makespan)
        var older = HandMadeRun()
        older.task("a", from: 0, to: 10)
        #expect(CriticalPath(older.finished(at: 20)).segments.map(\.split) == [nil])
    }

    @Test func `A worker that makes the report of a failure hands nothing over meanwhile`() {
        var made = HandMadeRun(workers: 1)
        let failed = made.task("a", from: 10, to: 40, outcome: .failed)
        made.fail(failed, path: "main.1", input: "", message: "", at: 70)
        made.task("b", from: 72, to: 100)
        let run = made.finished(at: 120)
        #expect(
            chain(run) == [
                "handover main.1 10", "run main.1 30", "report main.1 30", "handover main.2 2", "run main.2 28",
            ])
        #expect(CriticalPath(run).gainOfHandover == 12 * ms)
        #expect(CriticalPath(run).gainOfWorkers == 60 * ms)
        #expect(gain(run, of: "main.1") == 30)
    }

    @Test func `A task that waits goes on after what it waits for, and a child starts after its submission`() {
        var made = HandMadeRun()
        let parent = made.submit("parent")
        made.add(0, .taskStart(task: parent, worker: 1))
        let child = made.submit("child", of: parent, at: 20)
        made.wait(of: parent, for: child, from: 30, to: 90)
        made.run(child, on: 2, from: 25, to: 85)
        made.add(100, .taskEnd(task: parent, outcome: 1))
        let run = made.finished(at: 101)
        #expect(
            chain(run) == [
                "run main.1 20", "handover main.1.1 5", "run main.1.1 60", "wakeup main.1 5", "run main.1 10",
            ])
        #expect(gain(run, of: "main.1.1") == 55)
        #expect(gain(run, of: "main.1") == 30)
    }

    @Test func `The gain is bounded by the next longest chain`() {
        var made = HandMadeRun()
        made.task("long", on: 1, from: 0, to: 100)
        made.task("short", on: 2, from: 0, to: 95)
        let run = made.finished(at: 120)
        #expect(chain(run) == ["run main.1 100"])
        #expect(gain(run, of: "main.1") == 5)
        #expect(CriticalPath(run).names.map { $0.gain / ms } == [5])
    }

    @Test func `All tasks of a name are shortened together`() {
        var made = HandMadeRun()
        made.task("work", on: 1, from: 0, to: 100)
        made.task("work", on: 2, from: 0, to: 95)
        made.task("other", on: 2, from: 95, to: 99)
        let path = CriticalPath(made.finished(at: 120))
        #expect(path.names.map { $0.gain / ms } == [96])
        #expect(path.tasks.map { $0.gain / ms } == [1])
    }

    @Test func `Main is a part of the chain, where it submits late after it waited for a map`() {
        var made = HandMadeRun()
        let map = made.submit("map", at: 0)
        for index: UInt64 in 0..<2 {
            let element = TaskID.element(of: map, index: index)
            made.add(0, .taskSubmit(.init(task: element, parent: map, index: index, origin: 1)))
            made.run(element, on: UInt32(index + 1), from: 1, to: 11 + 10 * Double(index))
        }
        made.wait(of: made.main, for: map, from: 0.5, to: 22)
        let late = made.submit("late", at: 52)
        made.run(late, on: 1, from: 52, to: 60)
        let run = made.finished(at: 61)
        #expect(
            chain(run) == [
                "handover main.1[1] 1", "run main.1[1] 20", "wakeup main 1", "run main 30", "run main.2 8",
            ])
        #expect(gain(run, of: "main") == 30)
        #expect(gain(run, of: "main.1[1]") == 10)
    }

    @Test func `A task that runs on a waiting one's stack is bound by that one`() {
        var made = HandMadeRun(workers: 1)
        let parent = made.submit("parent")
        made.add(1, .taskStart(task: parent, worker: 1))
        let child = made.submit("child", of: parent, at: 5)
        made.wait(of: parent, for: child, from: 20, to: 52)
        made.run(child, on: 1, from: 21, to: 51)
        made.add(60, .taskEnd(task: parent, outcome: 1))
        let run = made.finished(at: 61)
        #expect(
            chain(run) == [
                "handover main.1 1", "run main.1 19", "handover main.1.1 1", "run main.1.1 30", "wakeup main.1 1",
                "run main.1 8",
            ])
        // The stack that it runs on stays the same with more workers.
        #expect(CriticalPath(run).gainOfWorkers == 0)
    }

    @Test func `A suspended task goes on after its child that ended last`() {
        var made = HandMadeRun()
        let parent = made.submit("parent")
        made.add(0, .taskStart(task: parent, worker: 1))
        let child = made.submit("child", of: parent, at: 5)
        made.add(10, .taskSuspend(task: parent, worker: 1))
        made.run(child, on: 2, from: 6, to: 50)
        made.add(52, .taskResume(task: parent, worker: 1))
        made.add(60, .taskEnd(task: parent, outcome: 1))
        #expect(
            chain(made.finished(at: 61)) == [
                "run main.1 5", "handover main.1.1 1", "run main.1.1 44", "wakeup main.1 2", "run main.1 8",
            ])
    }

    @Test func `Parts of the chain follow each other without a gap, and nothing changed ends when it did`() {
        var made = HandMadeRun(workers: 3)
        var generator = SystemRandomNumberGenerator()
        var free: [Double] = [0, 0, 0]
        for number in 0..<300 {
            let worker = number % 3
            let submitted = Double(number / 2)
            let start = max(free[worker], submitted + Double.random(in: 0...1, using: &generator))
            free[worker] = start + Double.random(in: 0...4, using: &generator)
            made.task("t\(number % 5)", submitted: submitted, on: UInt32(worker + 1), from: start, to: free[worker])
        }
        let path = CriticalPath(made.finished())
        #expect(path.segments.first?.start == path.start && path.segments.last?.end == path.end)
        for (left, right) in zip(path.segments, path.segments.dropFirst()) { #expect(left.end == right.start) }
        for part in path.tasks { #expect(part.gain <= part.onPath, "\(part)") }
        #expect(path.names.allSatisfy { $0.gain <= path.makespan })
    }

    @Test func `Hostile times and circles end, and nothing ended is nothing`() {
        var builder = RunBuilder()
        let last = UInt64.max
        for (task, parent, time): (UInt64, UInt64, UInt64) in [(1, 2, 0), (2, 1, last), (3, 3, 5), (4, 1, 5)] {
            builder.add(
                .taskSubmit(.init(task: task, parent: parent, index: task == 3 ? 0 : PoolEvent.noIndex, origin: 1)),
                at: last - time)
            builder.add(.taskStart(task: task, worker: 1), at: time)
            builder.add(.waitStart(task: task, awaited: parent), at: time)
            builder.add(.waitEnd(task: task, awaited: parent), at: last)
            builder.add(.taskEnd(task: task, outcome: 1), at: task == 4 ? 0 : last)
        }
        let path = CriticalPath(builder.finish())
        #expect(path.segments.reduce(0) { $0 &+ $1.length } <= path.makespan)
        #expect(CriticalPath(HandMadeRun().finished(at: 5)).segments.isEmpty)
    }
}
