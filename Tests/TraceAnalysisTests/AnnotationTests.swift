internal import PoolModel
internal import Testing

@testable internal import TraceAnalysis

/// What tasks say of themselves.
@Suite("What a program says")
struct AnnotationTests {
    /// A run with a task from 10 to 100 ms, whose names are 11 to 13.
    private func run(_ events: (Double, (UInt64) -> PoolEvent)..., ending: Double? = 100) throws -> (Run, UInt64) {
        var made = HandMadeRun()
        let task = made.task("load", from: 10, to: ending)
        for (number, text): (UInt32, String) in [(11, "parse"), (12, "read"), (13, "rows")] {
            made.add(0, .name(number: number, text: text))
        }
        for (time, event) in events { made.add(time, event(task)) }
        return (made.finished(at: 120), task)
    }

    private func words(_ run: Run, _ task: UInt64) -> [String] { run.annotations(of: task).map(run.text) }

    @Test func `Marks, values and spans are in order of time, and marks among the run's marks too`() throws {
        let (run, task) = try run(
            (20, { .spanStart(task: $0, name: 11) }), (21, { .taskValue(task: $0, name: 13, value: 12) }),
            (22, { .taskMark(task: $0, name: 12) }), (30, { .spanEnd(task: $0, name: 11) }),
            (40, { .taskValue(task: $0, name: 13, value: 0.25) }))
        #expect(words(run, task) == ["parse 10.0 ms", "rows = 12", "read", "rows = 0.25"])
        #expect(run.said(by: task) == "parse 10.0 ms, rows = 12, read, rows = 0.25")
        #expect(run.marks.map { "\($0.kind.key) \($0.text)" } == ["user read"])
        #expect(run.annotations(of: task + 1).isEmpty && run.said(by: task + 1) == nil)
    }

    @Test func `An end is that of the last open span of its name`() throws {
        let (run, task) = try run(
            (20, { .spanStart(task: $0, name: 11) }), (22, { .spanStart(task: $0, name: 12) }),
            (24, { .spanStart(task: $0, name: 11) }), (25, { .spanEnd(task: $0, name: 11) }),
            (26, { .spanEnd(task: $0, name: 12) }), (40, { .spanEnd(task: $0, name: 11) }))
        #expect(words(run, task) == ["parse 20.0 ms", "read 4.00 ms", "parse 1.00 ms"])
    }

    @Test func `A span without an end lasts as long as its task, one without a start since that began, and says so`()
        throws
    {
        let (run, task) = try run((15, { .spanEnd(task: $0, name: 12) }), (20, { .spanStart(task: $0, name: 11) }))
        #expect(words(run, task) == ["read 5.00 ms, or longer", "parse 80.0 ms, not ended"])
    }

    @Test func `A span of a task that goes on has lasted until the run's end, also as that moves`() throws {
        var made = HandMadeRun()
        let task = made.task("load", from: 10, to: nil)
        made.add(0, .name(number: 11, text: "parse"))
        made.add(20, .spanStart(task: task, name: 11))
        let run = made.finished()
        #expect(words(run, task) == ["parse 0 ns, not ended"])
        let later = run.goingOn(at: HandMadeRun.start + 50 * HandMadeRun.ms)
        #expect(words(later, task) == ["parse 30.0 ms, not ended"])
    }

    @Test func `A name that is not in the trace is told as such`() throws {
        let (run, task) = try run((20, { .taskMark(task: $0, name: 0) }))
        #expect(words(run, task) == ["(a name that was not kept)"])
    }

    @Test func `A task is found by the names of what it said`() throws {
        let (run, task) = try run((20, { .taskValue(task: $0, name: 13, value: 1) }))
        func found(_ text: String) -> Int {
            var query = TaskQuery()
            query.texts = [text]
            return query.positions(in: run).total
        }
        #expect(found("ROWS") == 1 && found("parse") == 0)
        #expect(
            TaskDetails(run).text(.said, run.tasks.entries[try #require(run.tasks.position(of: task))]) == "rows = 1")
    }
}
