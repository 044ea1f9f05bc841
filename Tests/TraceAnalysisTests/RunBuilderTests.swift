internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("RunBuilder")
struct RunBuilderTests {
    private let main = TaskPath.main.id
    private var builder = RunBuilder()

    private func child(_ ordinal: UInt32, of parent: UInt64) -> UInt64 { TaskID.child(of: parent, ordinal: ordinal) }

    private mutating func submit(_ ordinal: UInt32, of parent: UInt64, at time: UInt64, pool: UInt32 = 1) -> UInt64 {
        let task = child(ordinal, of: parent)
        builder.add(.taskSubmit(.init(task: task, parent: parent, ordinal: ordinal, origin: pool)), at: time)
        return task
    }

    private mutating func finish() -> Run {
        let run = builder.finish()
        builder = RunBuilder()
        return run
    }

    private func entry(_ run: Run, _ task: UInt64) throws -> TaskEntry {
        try run.tasks.entries[#require(run.tasks.position(of: task), "the run holds no task \(task)")]
    }

    @Test mutating func `A nested task's path is made of its parents' ordinals`() throws {
        let outer = submit(3, of: main, at: 10)
        let inner = submit(1, of: outer, at: 20)
        let run = finish()
        #expect(run.path(ofTask: inner) == "main.3.1")
        #expect(try run.path(of: entry(run, outer)) == TaskPath("main.3")?.description)
    }

    @Test mutating func `Roots other than main are named by their definition`() {
        let root = TaskID.root("xnetwork.1")
        let task = submit(2, of: root, at: 10)
        // Definitions may come late.
        builder.add(.root(task: root, path: "xnetwork.1"), at: 30)
        #expect(finish().path(ofTask: task) == "xnetwork.1.2")
    }

    @Test mutating func `Elements of a map have their index in the path, and the map is no task that never started`()
        throws
    {
        let map = submit(2, of: main, at: 10)
        for index: UInt64 in 0..<3 {
            let element = TaskID.element(of: map, index: index)
            builder.add(.taskSubmit(.init(task: element, parent: map, index: index, origin: 1)), at: 20)
            builder.add(.taskStart(task: element, worker: 1), at: 30)
            builder.add(.taskEnd(task: element, outcome: 1), at: 40)
        }
        let run = finish()
        #expect(run.path(ofTask: TaskID.element(of: map, index: 2)) == "main.2[2]")
        #expect(run.counts() == [.succeeded: 3])
        #expect(try entry(run, map).isMap)
    }

    @Test mutating func `A task with a data race has failed however it ends, and its failure has both accesses`() throws
    {
        let task = submit(1, of: main, at: 10)
        builder.add(.taskStart(task: task, worker: 1), at: 20)
        let place = PoolEvent.FrameDefinition(
            address: 7, depth: 0, frame: Failure.Frame(function: "fill()", file: "Buffer.swift", line: 9))
        builder.add(.frame(place), at: 30)
        builder.add(.name(number: 3, text: "meter"), at: 30)
        builder.add(.site(number: 4, Site(file: "app/main.swift", line: 5, function: "main")), at: 30)
        let memory = Race.Memory(size: 8, kind: "heap", bytes: 80, offset: 16)
        builder.add(
            .race(
                PoolEvent.FoundRace(
                    number: 1, access: .write, otherAccess: [], otherFirst: 1, memory: memory, otherName: 3,
                    otherSite: 4, otherPath: "main.2", otherInput: "", otherFrames: [7], allocation: [])), at: 40)
        builder.add(
            .taskError(
                TaskError(
                    task: task, number: 1, start: 0, queueWait: 10, runTime: 30, pool: 1, worker: 1, site: 4,
                    path: "main.1", type: Race.type, message: "it writes")), at: 40)
        builder.add(.taskEnd(task: task, outcome: Outcome.succeeded.rawValue), at: 90)
        let run = finish()
        #expect(try run.state(of: entry(run, task)) == .failed)
        #expect(try entry(run, task).ended == 90)
        let race = try #require(run.failures.first?.race)
        #expect(
            race
                == Race(
                    access: .write, otherAccess: [], isOtherFirst: true, path: "main.2", name: "meter",
                    site: Site(file: "app/main.swift", line: 5, function: "main"), input: nil, frames: [place.frame],
                    memory: memory, allocation: []))
    }

    @Test mutating func `A wait goes from its start to its end, or on; an end whose start is lost is no wait`() {
        let (first, second) = (child(1, of: main), child(2, of: main))
        builder.add(.waitEnd(task: main, awaited: 7), at: 5)
        builder.add(.waitStart(task: main, awaited: first), at: 10)
        builder.add(.waitStart(task: first, awaited: second), at: 20)
        builder.add(.waitStart(task: main, awaited: first), at: 30)
        builder.add(.waitEnd(task: main, awaited: first), at: 40)
        builder.add(.waitEnd(task: main, awaited: first), at: 50)
        let waits = finish().waits
        #expect(waits.map(\.task) == [main, first, main])
        #expect(waits.map(\.awaited) == [first, second, first])
        #expect(waits.map(\.start) == [10, 20, 30])
        #expect(waits.map(\.ended) == [50, nil, 40])
    }

    @Test mutating func `A suspended task runs on no worker, also where its resume is stamped before its suspend`()
        throws
    {
        let task = submit(1, of: main, at: 10)
        builder.add(.taskStart(task: task, worker: 1), at: 20)
        builder.add(.taskResume(task: task, worker: 2), at: 29)
        builder.add(.taskSuspend(task: task, worker: 1), at: 30)
        builder.add(.taskSuspend(task: task, worker: 2), at: 40)
        builder.add(.taskResume(task: task, worker: 1), at: 100)
        builder.add(.taskEnd(task: task, outcome: 1), at: 105)
        let run = finish()
        let suspensions = try #require(run.suspensions[task])
        #expect(suspensions.count == 2)
        #expect(suspensions.segments.map(\.worker) == [1, 2, 1])
        #expect(suspensions.segments.map(\.start) == [20, 29, 100])
        #expect(suspensions.segments.map(\.end) == [30, 40, 105])
        #expect(try run.runTime(of: entry(run, task)) == 26)
        #expect(try entry(run, task).runTime == 85)
    }

    @Test mutating func `A task whose end is told while it is suspended had ended when it left its worker`() throws {
        let task = submit(1, of: main, at: 10)
        builder.add(.taskStart(task: task, worker: 1), at: 20)
        builder.add(.taskSuspend(task: task, worker: 1), at: 30)
        builder.add(.taskEnd(task: task, outcome: 1), at: 500)
        let run = finish()
        #expect(try entry(run, task).ended == 30)
        #expect(run.counts() == [.succeeded: 1])
    }

    @Test mutating func `An element that comes before its map still makes it one`() {
        let map = child(2, of: main)
        let element = TaskID.element(of: map, index: 7)
        builder.add(.taskSubmit(.init(task: element, parent: map, index: 7, origin: 1)), at: 20)
        _ = submit(2, of: main, at: 21)
        let run = finish()
        #expect(run.counts() == [.notStarted: 1])
        #expect(run.path(ofTask: element) == "main.2[7]")
    }

    @Test mutating func `A task whose submission is lost goes by its number, and so do those below it`() throws {
        let lost = child(1, of: main)
        builder.add(.taskStart(task: lost, worker: 1), at: 10)
        let below = submit(4, of: lost, at: 20)
        let run = finish()
        let number = "#" + String(repeating: "0", count: 16 - String(lost, radix: 16).count) + String(lost, radix: 16)
        #expect(run.path(ofTask: lost) == number)
        #expect(run.path(ofTask: below) == number + ".4")
        #expect(try entry(run, lost).queueWait == nil)
    }

    @Test mutating func `Parents in a circle do not hang the path`() {
        builder.add(.taskSubmit(.init(task: 1, parent: 2, ordinal: 1, origin: 1)), at: 1)
        builder.add(.taskSubmit(.init(task: 2, parent: 1, ordinal: 1, origin: 1)), at: 2)
        #expect(finish().path(ofTask: 1).utf8.count < 3000)
    }

    @Test mutating func `A start that is stamped before its submission waited nothing`() throws {
        let task = child(1, of: main)
        builder.add(.taskStart(task: task, worker: 1), at: 100)
        _ = submit(1, of: main, at: 101)
        builder.add(.taskEnd(task: task, outcome: 1), at: 150)
        let found = try entry(finish(), task)
        #expect(found.queueWait == 0)
        #expect(found.runTime == 50)
        #expect(found.turnaround == 49)
    }

    @Test mutating func `A task that started and did not end is not ended, one that did not start is not started`() {
        builder.add(.taskStart(task: submit(1, of: main, at: 1), worker: 1), at: 5)
        _ = submit(2, of: main, at: 2)
        let run = finish()
        #expect(run.counts() == [.notEnded: 1, .notStarted: 1])
        #expect(run.status == nil)
    }

    @Test mutating func `A cancelled task has no worker and no run time`() throws {
        let task = submit(1, of: main, at: 1)
        builder.add(.taskCancel(task: task, by: main), at: 2)
        builder.add(.taskEnd(task: task, outcome: 3), at: 3)
        let run = finish()
        #expect(run.counts() == [.cancelled: 1])
        #expect(try entry(run, task).worker == TaskEntry.noWorker)
        #expect(try entry(run, task).turnaround == nil)
    }

    @Test mutating func `A task submitted before the window was overwritten, not forgotten by its pool`() {
        _ = submit(1, of: main, at: 10)
        _ = submit(2, of: main, at: 50)
        builder.noteOverwritten(before: 40)
        #expect(finish().counts() == [.overwritten: 1, .notStarted: 1])
    }

    @Test mutating func `An outcome that no outcome has is not taken for a success`() {
        builder.add(.taskEnd(task: submit(1, of: main, at: 1), outcome: 99), at: 3)
        #expect(finish().counts() == [.failed: 1])
    }

    @Test mutating func `Emitted is shown and overwritten and discarded`() {
        _ = submit(1, of: main, at: 1)
        _ = submit(2, of: main, at: 2)
        builder.add(Loss(overwritten: 30, discarded: 4))
        builder.add(Loss(overwritten: 3))
        let loss = finish().loss
        #expect(loss == Loss(shown: 2, overwritten: 33, discarded: 4))
        #expect(loss.emitted == 39)
    }

    @Test mutating func `Starts out of order are put in order`() {
        let late = submit(1, of: main, at: 1)
        let early = submit(2, of: main, at: 1)
        builder.add(.taskStart(task: late, worker: 1), at: 100)
        builder.add(.taskStart(task: early, worker: 2), at: 90)
        let run = finish()
        #expect(run.startOrder.map { run.tasks.entries[Int($0)].number } == [early, late])
    }

    @Test mutating func `Workers that were never defined get a row all the same`() {
        builder.add(.workerStart(.init(pool: 1, worker: 5, number: 1, thread: 77)), at: 0)
        builder.add(.origin(.init(origin: 1, pool: 1)), at: 3)
        builder.add(.taskStart(task: submit(1, of: main, at: 1), worker: 9), at: 2)
        let run = finish()
        #expect(run.workers.map(\.id) == [5, 9])
        #expect(run.worker(9)?.pool == 1)
    }
}
