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

    @Test func `The schedule says that main is a thread, and is read so`() throws {
        let schedule = Self.run.schedule(.starts)
        #expect(schedule.tasks.filter(\.isThread).map(\.path) == ["main"])
        #expect(try Schedule(parsing: schedule.text.utf8, file: "a") == schedule)
    }
}
