internal import PoolModel
internal import Testing
internal import TraceAnalysis

/// Lints of runs with tasks inside the waits of others, substitutes, async tasks and failures that are explained.
@Suite("Lints of nested and async tasks")
struct NestedLintTests {
    private func lints(_ made: HandMadeRun, _ kind: Lint.Kind, end: Double? = 2000) -> [Lint] {
        made.finished(at: end).lints.filter { $0.kind == kind }
    }

    // MARK: Stragglers

    /// A parent that waits for children, which run inside its waits: the last for so long.
    private func family(last length: Double) -> HandMadeRun {
        var made = HandMadeRun()
        let parent = made.submit("crawl")
        made.add(0, .taskStart(task: parent, worker: 1))
        var time = 1.0
        for number in 0..<12 {
            let child = made.submit("parse", of: parent, at: time)
            let end = time + (number == 11 ? length : 2)
            made.wait(of: parent, for: child, from: time, to: end)
            made.run(child, on: 1, from: time, to: end)
            time = end
        }
        made.add(time + 3, .taskEnd(task: parent, outcome: 1))
        return made
    }

    @Test func `A child that its parent waits for is a straggler, though the parent ends after it`() throws {
        let lint = try #require(lints(family(last: 300), .stragglers).first)
        #expect(lint.sentence.hasPrefix("main.1.12 \"parse\" ran for 300 ms, half of the 12 tasks"), "\(lint.sentence)")
        #expect(lint.sentence.hasSuffix("for 300 ms nothing else ran in pool \"files\""), "\(lint.sentence)")
        #expect(lints(family(last: 9), .stragglers).isEmpty)
    }

    /// Async tasks of 5 ms that are suspended in the middle; the last takes so long on its worker, and so long off it.
    private func asynchronous(on worker: Double, off: Double) -> HandMadeRun {
        var made = HandMadeRun()
        let parent = made.submit("main")
        made.add(0, .taskStart(task: parent, worker: 2))
        var time = 1.0
        var tasks: [UInt64] = []
        for _ in 0..<20 { tasks.append(made.submit("group", of: parent, at: 1)) }
        made.add(1, .taskSuspend(task: parent, worker: 2))
        for (number, task) in tasks.enumerated() {
            let (length, pause) = number == 19 ? (worker, off) : (5, 1)
            made.add(time, .taskStart(task: task, worker: 1))
            made.add(time + 1, .taskSuspend(task: task, worker: 1))
            made.add(time + 1 + pause, .taskResume(task: task, worker: 1))
            made.add(time + pause + length, .taskEnd(task: task, outcome: 1))
            time += pause + length
        }
        made.add(time, .taskResume(task: parent, worker: 2))
        made.add(time + 1, .taskEnd(task: parent, outcome: 1))
        return made
    }

    @Test func `An async task that computes is a straggler, one that is suspended is not`() throws {
        let lint = try #require(lints(asynchronous(on: 186, off: 1), .stragglers).first)
        #expect(lint.sentence.hasPrefix("main.1.20 \"group\" ran for 186 ms"), "\(lint.sentence)")
        #expect(lint.remedy.hasPrefix("Start the long tasks first"))
        #expect(lints(asynchronous(on: 5, off: 400), .stragglers).isEmpty)
    }

    // MARK: Workers

    @Test func `Substitutes that have little to do make no worker uneven`() {
        var made = HandMadeRun(workers: 4)
        for worker: UInt32 in 5...7 { made.add(0, .workerStart(.init(pool: 1, worker: worker, number: worker))) }
        for worker: UInt32 in 1...4 {
            for part in 0..<10 {
                let from = Double(part) * 100
                made.task("even", on: worker, from: from, to: from + 91 + Double(worker))
            }
        }
        for worker: UInt32 in 5...7 { made.task("even", on: worker, from: 0, to: 9) }
        #expect(lints(made, .unevenWorkers).isEmpty)
    }

    @Test func `A worker whose task waits all the time is not busy`() throws {
        for waits in [true, false] {
            var made = HandMadeRun(workers: 2)
            made.add(0, .workerStart(.init(pool: 1, worker: 3, number: 3)))
            for part in 0..<10 {
                let from = Double(part) * 100
                let parent = made.submit("parent", at: from)
                made.run(parent, on: 1, from: from, to: from + 100)
                if waits { made.wait(of: parent, for: made.main, from: from, to: from + 100) }
                made.task("child", on: 2, from: from, to: from + 20)
                made.task("child", on: 3, from: from, to: from + 20)
            }
            #expect(lints(made, .unevenWorkers).count == (waits ? 0 : 1))
        }
    }

    @Test func `A worker that has not quite twice as much to do is not uneven`() {
        for (length, count) in [(10.0, 1), (11.0, 0)] {
            var made = HandMadeRun()
            for number in 0..<40 {
                let from = Double(number) * 22
                made.task("even", on: 1, from: from, to: from + 20)
                made.task("even", on: 2, from: from, to: from + length)
            }
            #expect(lints(made, .unevenWorkers).count == count, "\(length)")
        }
    }

    // MARK: Queues

    /// Both workers run a parent, whose children run inside its waits and fail; others are queued.
    private func failing(isExplained: Bool) -> HandMadeRun {
        var made = HandMadeRun()
        for _ in 0..<4 { _ = made.submit("queued", at: 0) }
        for worker: UInt32 in 1...2 {
            let parent = made.submit("outer", at: 0)
            made.add(0, .taskStart(task: parent, worker: worker))
            let child = made.submit("inner", of: parent, at: 1)
            made.wait(of: parent, for: child, from: 1, to: 64)
            made.run(child, on: worker, from: 1, to: 20, outcome: .failed)
            if isExplained {
                made.fail(child, path: "inner", input: "", message: "no", at: 63, worker: worker)
            }
            made.add(65, .taskEnd(task: parent, outcome: 1))
        }
        return made
    }

    @Test func `A worker that makes the report of a failure starves no queue`() {
        #expect(lints(failing(isExplained: true), .starvingQueue, end: 70).isEmpty)
        #expect(lints(failing(isExplained: false), .starvingQueue, end: 70).count == 1)
    }

    // MARK: Ends

    @Test func `Async tasks that do not end are to be awaited, others need their pool to be shut down`() throws {
        var made = HandMadeRun()
        let task = made.submit("serve")
        made.add(0, .taskStart(task: task, worker: 1))
        made.add(5, .taskSuspend(task: task, worker: 1))
        let lint = try #require(lints(made, .neverEnded, end: 50).first)
        #expect(lint.remedy.hasPrefix("`await` the tasks"), "\(lint.remedy)")
        made.task("work", on: 2, from: 1, to: nil)
        let both = try #require(lints(made, .neverEnded, end: 50).first)
        #expect(both.remedy.hasPrefix("Call `shutdown()`"), "\(both.remedy)")
    }
}
