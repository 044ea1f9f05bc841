internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("Lints")
struct LintTests {
    private func kinds(_ made: HandMadeRun, end: Double? = 2000) -> [Lint.Kind] {
        made.finished(at: end).lints.map(\.kind)
    }

    private func lint(_ made: HandMadeRun, _ kind: Lint.Kind, end: Double? = 2000) throws -> Lint {
        let lints = made.finished(at: end).lints
        return try #require(lints.first { $0.kind == kind }, "found \(lints.map(\.sentence))")
    }

    /// So many tasks of 10 ms, spread evenly over two workers.
    private func healthy(tasks: Int = 40, serial: Bool = false) -> HandMadeRun {
        var made = HandMadeRun(serial: serial)
        for number in 0..<tasks {
            let start = Double(number / 2) * 10
            made.task("even", on: UInt32(number % 2 + 1), from: start, to: start + 10)
        }
        return made
    }

    @Test func `A healthy run has none`() { #expect(kinds(healthy()) == []) }

    @Test func `All workers that wait while tasks are queued starve the queue`() throws {
        var made = HandMadeRun()
        let parents = [made.submit("parent"), made.submit("parent")]
        let children = [made.submit("child", of: parents[0], at: 2), made.submit("child", of: parents[1], at: 2)]
        for place in 0..<2 {
            made.add(1, .taskStart(task: parents[place], worker: UInt32(place + 1)))
            made.wait(of: parents[place], for: children[place], from: 3, to: nil)
        }
        let lint = try lint(made, .starvingQueue, end: 500)
        #expect(lint.sentence.contains("pool \"files\"") && lint.sentence.contains("497 ms"), "\(lint.sentence)")
        #expect(lint.workers == [1, 2])
        #expect(lint.tasks == parents)
    }

    @Test func `A worker that runs the task it waits for does not starve anybody`() {
        var made = HandMadeRun(workers: 1)
        let parent = made.submit("parent")
        made.add(1, .taskStart(task: parent, worker: 1))
        let child = made.submit("child", of: parent, at: 2)
        _ = made.submit("other", at: 2)
        made.wait(of: parent, for: child, from: 3, to: 400)
        made.run(child, on: 1, from: 3, to: 400)
        made.add(401, .taskEnd(task: parent, outcome: 1))
        #expect(!kinds(made, end: 402).contains(.starvingQueue))
    }

    @Test func `A worker that does nearly everything is much busier than the others`() throws {
        var made = HandMadeRun()
        for number in 0..<40 { made.task("even", on: 1, from: Double(number) * 10, to: Double(number) * 10 + 10) }
        made.task("even", on: 2, from: 0, to: 10)
        let lint = try lint(made, .unevenWorkers)
        #expect(lint.sentence == "worker 1 of pool \"files\" was busy for 400 ms, the others for 10.0 ms on average")
        #expect(lint.workers == [1])
    }

    @Test func `In serial mode nobody is busier than others, and nothing straggles`() {
        var made = HandMadeRun(serial: true)
        for number in 0..<40 { made.task("even", on: 1, from: Double(number) * 10, to: Double(number) * 10 + 10) }
        made.task("even", on: 1, from: 400, to: 900)
        #expect(kinds(made) == [])
    }

    @Test func `A thousand tasks of less than a microsecond are tiny, elements of a map are not`() throws {
        for isMap in [false, true] {
            var made = HandMadeRun()
            let map = made.submit("tiny")
            for number: UInt64 in 0..<1200 {
                let start = 1 + Double(number) / 1000
                let task = isMap ? TaskID.element(of: map, index: number) : made.submit("tiny", at: 1)
                if isMap { made.add(1, .taskSubmit(.init(task: task, parent: map, index: number, origin: 1))) }
                made.run(task, on: UInt32(number % 2 + 1), from: start, to: start + 0.0002)
            }
            let lints = made.finished(at: 3).lints.filter { $0.kind == .tinyTasks }
            #expect(lints.count == (isMap ? 0 : 1))
            if !isMap {
                #expect(lints.first?.sentence.contains("200 ns") ?? false, "\(lints)")
            }
        }
    }

    @Test func `A task that the run waits for in the end is a straggler`() throws {
        var made = healthy()
        let task = made.task("even", on: 1, from: 200, to: 500)
        let lint = try lint(made, .stragglers)
        #expect(lint.tasks == [task])
        #expect(
            lint.sentence
                == "main.41 \"even\" ran for 300 ms, half of the 41 tasks \"even\" for at most 10.0 ms: for 300 ms nothing else ran in "
                + "pool \"files\""
        )
    }

    @Test func `A long task that others run beside, and one that waits for them, do not straggle`() {
        var made = healthy(tasks: 80)
        made.task("even", on: 2, from: 0, to: 390)
        let parent = made.submit("even")
        made.add(0, .taskStart(task: parent, worker: 1))
        made.wait(of: parent, for: made.main, from: 1, to: 900)
        made.add(900, .taskEnd(task: parent, outcome: 1))
        #expect(!kinds(made).contains(.stragglers))
    }

    @Test func `Children that are waited for one by one are told of, also in serial mode`() throws {
        for serial in [false, true] {
            var made = HandMadeRun(serial: serial)
            for number in 0..<10 {
                let time = Double(number) * 20
                let task = made.submit("step", at: time)
                made.add(time, .waitStart(task: made.main, awaited: task))
                made.run(task, on: UInt32(number % 2 + 1), from: time, to: time + 19)
                made.add(time + 19, .waitEnd(task: made.main, awaited: task))
            }
            let lint = try lint(made, .oneByOne, end: 200)
            #expect(lint.sentence.hasPrefix("main submitted 10 tasks to pool \"files\" one by one and waited 190 ms"))
            #expect(lint.tasks.first == made.main)
        }
    }

    @Test func `Children that are all submitted before the first wait are not one by one`() {
        var made = HandMadeRun()
        let tasks = (0..<10).map { _ in made.submit("step") }
        for (number, task) in tasks.enumerated() {
            let time = Double(number) * 20
            made.add(time, .waitStart(task: made.main, awaited: task))
            made.run(task, on: UInt32(number % 2 + 1), from: time, to: time + 19)
            made.add(time + 19, .waitEnd(task: made.main, awaited: task))
        }
        #expect(!kinds(made, end: 200).contains(.oneByOne))
    }

    @Test func `Failures that the process itself reported were not asked for`() throws {
        var made = healthy()
        let task = made.task("even", from: 200, to: 201, outcome: .failed)
        made.fail(task, path: "main.41", input: "x", message: "no", at: 201)
        #expect(kinds(made) == [])
        made.add(300, .report(number: 1, same: 3))
        let lint = try lint(made, .unretrievedFailures)
        #expect(lint.sentence == "4 tasks failed, and the program did not handle the errors: main.41 and 3 more")
        #expect(lint.tasks == [task])
    }

    @Test func `Tasks that did not end are told of, those that did not start only where the process ended`() throws {
        var made = healthy()
        made.task("even", from: 200, to: nil)
        _ = made.submit("late", at: 3)
        #expect(
            try lint(made, .neverEnded).sentence
                == "1 task started and did not end, 1 never started before the process ended: main.41 \"even\", main.42 \"late\""
        )
        #expect(
            try lint(made, .neverEnded, end: nil).sentence
                == "1 task started and did not end before the trace ends: main.41 \"even\"")
    }

    @Test func `Discarded events are told of, overwritten ones are not`() throws {
        var made = healthy()
        made.builder.add(Loss(overwritten: 500))
        #expect(kinds(made) == [])
        made.builder.add(Loss(discarded: 9))
        #expect(try lint(made, .discardedEvents).sentence.hasPrefix("9 of "))
    }

    @Test func `More running tasks than processors are too many, where the trace tells how many there are`() throws {
        for (processors, isFound): (UInt32, Bool) in [(0, false), (2, true), (3, false), (8, false)] {
            var made = HandMadeRun(workers: 6, processors: processors)
            for worker: UInt32 in 1...6 { made.task("even", on: worker, from: 0, to: 100) }
            #expect(kinds(made).contains(.oversubscription) == isFound, "\(processors) processors")
        }
    }

    /// Tasks of 100 ms, one on each worker, with these parts of their time.
    private func measured(
        workers: UInt32, processors: UInt32, onCPU: UInt64, ready: UInt64, queued: Bool = false
    ) -> HandMadeRun {
        var made = HandMadeRun(workers: workers, processors: processors)
        for worker in 1...workers {
            made.task("even", on: worker, from: 0, to: 100)
            made.add(
                100,
                .workerTime(
                    worker: worker, elapsed: 100 * HandMadeRun.ms, onCPU: onCPU * HandMadeRun.ms,
                    ready: ready * HandMadeRun.ms))
            if queued { made.task("even", submitted: 1, on: worker, from: 100, to: 101) }
        }
        return made
    }

    @Test func `Where it was measured, tasks without a processor are told of, and tasks that wait are not`() throws {
        for (onCPU, ready, isFound): (UInt64, UInt64, Bool) in [
            (40, 60, true), (70, 30, true), (85, 15, false), (5, 0, false),
        ] {
            let made = measured(workers: 6, processors: 2, onCPU: onCPU, ready: ready)
            #expect(kinds(made).contains(.oversubscription) == isFound, "\(onCPU) \(ready)")
        }
        let lint = try lint(measured(workers: 6, processors: 2, onCPU: 40, ready: 60), .oversubscription)
        #expect(
            lint.sentence
                == "tasks were ready but without a processor for 360 ms of the 600 ms that they ran: 6 workers of pool \"files\" for 2 processors"
        )
    }

    @Test func `Where the pools are small enough, somebody else has the processors`() throws {
        #expect(kinds(measured(workers: 2, processors: 2, onCPU: 50, ready: 50)) == [.busyProcessors])
        #expect(kinds(measured(workers: 2, processors: 2, onCPU: 90, ready: 10)) == [])
    }

    @Test func `Workers that are blocked while tasks wait in the queue are told of`() throws {
        #expect(kinds(measured(workers: 2, processors: 2, onCPU: 10, ready: 0, queued: true)) == [.blockedWorkers])
        #expect(kinds(measured(workers: 2, processors: 2, onCPU: 10, ready: 0)) == [], "there was nothing else to do")
        #expect(kinds(measured(workers: 2, processors: 2, onCPU: 90, ready: 0, queued: true)) == [])
    }

    @Test func `A task that waits for another is no blocked worker`() throws {
        var made = measured(workers: 2, processors: 2, onCPU: 10, ready: 0, queued: true)
        for number: UInt32 in [1, 3] {
            made.wait(of: TaskID.child(of: made.main, ordinal: number), for: 77, from: 0, to: 95)
        }
        #expect(!kinds(made).contains(.blockedWorkers))
    }

    @Test func `A few more running tasks than processors, or many for a moment, are not too many`() {
        var pool = HandMadeRun(workers: 4, processors: 2)
        for worker: UInt32 in 1...4 { pool.task("even", on: worker, from: 0, to: 100) }
        #expect(!kinds(pool).contains(.oversubscription))
        var burst = HandMadeRun(workers: 8, processors: 2)
        for worker: UInt32 in 1...8 { burst.task("even", on: worker, from: 0, to: 40) }
        burst.task("even", on: 1, from: 40, to: 100)
        #expect(!kinds(burst).contains(.oversubscription))
    }

    @Test func `Every kind says what it means and what to do`() {
        for kind in Lint.Kind.allCases {
            #expect(kind.explanation.hasSuffix(".") && kind.remedy.hasSuffix("."), "\(kind)")
        }
    }
}
