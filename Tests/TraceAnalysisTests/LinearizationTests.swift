internal import PoolModel
internal import PoolSchedule
internal import Testing
internal import TraceAnalysis

@Suite("The order of a parallel run")
struct LinearizationTests {
    /// Main waits for the first task, and goes on only when the second has run; then it submits the third.
    private static let (run, parts): (Run, [TaskPart]) = {
        var made = HandMadeRun()
        let first = made.submit("first")
        let second = made.submit("second")
        made.wait(of: made.main, for: first, from: 1, to: 30)
        made.run(first, on: 1, from: 2, to: 10)
        made.run(second, on: 2, from: 5, to: 25)
        let third = made.submit("third", at: 40)
        made.run(third, on: 1, from: 50, to: 60)
        made.wait(of: made.main, for: third, from: 45, to: 61)
        let main = made.main
        return (
            made.finished(at: 70),
            [first, second].map { TaskPart(task: $0) }
                + [TaskPart(task: main), TaskPart(task: third), TaskPart(task: main, segment: 1)]
        )
    }()

    @Test(arguments: [Linearization.starts, .ends] + (2...40).map { .random(seed: $0) })
    func `Main goes on after a wait when it did, before what it submits then`(linearization: Linearization) throws {
        guard case .steps(let steps) = Self.run.schedule(linearization).order else {
            Issue.record("expected steps")
            return
        }
        // The first two ran beside each other.
        #expect(Set(steps.prefix(2)) == Set(Self.parts.prefix(2)))
        #expect(steps.dropFirst(2) == Self.parts.dropFirst(2))
    }

    /// Two payments that each wait for a task, the second for one more, which is over at once; a third never waits.
    private static let (waitingRun, waitingTasks): (Run, [UInt64]) = {
        var made = HandMadeRun(workers: 4)
        let tasks = ["first", "second", "third"].map { made.submit($0) }
        let approvals = tasks.prefix(2).map { made.submit("approval", of: $0, at: 3) }
        made.run(tasks[0], on: 1, from: 1, to: 30)
        made.run(tasks[1], on: 2, from: 2, to: 28)
        made.run(tasks[2], on: 3, from: 15, to: 16)
        for (approval, worker) in zip(approvals, [3, 4] as [UInt32]) { made.run(approval, on: worker, from: 5, to: 9) }
        made.wait(of: tasks[0], for: approvals[0], from: 4, to: 20)
        made.wait(of: tasks[1], for: approvals[1], from: 6, to: 10)
        made.wait(of: tasks[1], for: approvals[0], from: 12, to: 12.5)
        return (made.finished(at: 40), tasks)
    }()

    private static func places(_ linearization: Linearization) throws -> (schedule: Schedule, [TaskPart: Int]) {
        let schedule = waitingRun.schedule(linearization)
        guard case .steps(let steps) = schedule.order else { throw CancellationError() }
        return (schedule, Dictionary(uniqueKeysWithValues: zip(steps, 0...)))
    }

    @Test(arguments: [Linearization.starts, .ends] + (2...40).map { .random(seed: $0) })
    func `A task has a part up to its first wait, and one from each wait to the next`(
        linearization: Linearization
    ) throws {
        let (schedule, places) = try Self.places(linearization)
        let tasks = Self.waitingTasks
        func place(_ task: Int, _ segment: UInt32 = 0) throws -> Int {
            try #require(places[TaskPart(task: tasks[task], segment: segment)])
        }
        // The five tasks, and what three waits were followed by.
        #expect(places.count == 8 && schedule.granularity == .waits)
        #expect(try place(0) < place(0, 1) && place(1) < place(1, 1) && place(1, 1) < place(1, 2))
        // Those that ran wholly before others.
        #expect(try max(place(0), place(1), place(1, 1)) < place(2) && place(2) < place(0, 1))
        #expect(try Schedule(parsing: schedule.text.utf8, file: "a") == schedule)
    }

    @Test func `By start and by end differ in what ran beside each other`() throws {
        let tasks = Self.waitingTasks
        let (starts, ends) = (try Self.places(.starts).1, try Self.places(.ends).1)
        let (first, second) = (TaskPart(task: tasks[0], segment: 1), TaskPart(task: tasks[1], segment: 2))
        #expect(try #require(starts[second]) < #require(starts[first]))
        #expect(try #require(ends[second]) < #require(ends[first]))
        #expect(try #require(starts[second]) < #require(starts[TaskPart(task: tasks[2])]))
        #expect(try #require(ends[TaskPart(task: tasks[2])]) < #require(ends[second]))
    }

    @Test func `A run whose tasks never wait is ordered by whole tasks`() {
        #expect(Self.run.schedule(.starts).granularity == .tasks)
    }

    @Test func `The schedule says that main is a thread, and is read so`() throws {
        let schedule = Self.run.schedule(.starts)
        #expect(schedule.tasks.filter(\.isThread).map(\.path) == ["main"])
        #expect(try Schedule(parsing: schedule.text.utf8, file: "a") == schedule)
    }
}
