internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("Failures of a run")
struct FailureAnalysisTests {
    private let site = Site(file: "App/Main.swift", line: 7, function: "main()")

    private func error(_ number: UInt64, path: String = "main.1", frames: [UInt64] = [16]) -> TaskError {
        TaskError(
            task: TaskPath(path)?.id ?? 0, number: number, sameBefore: number - 1, start: 500, queueWait: 100,
            runTime: 200,
            pool: 1, worker: 4, site: 1, name: 2, path: path, input: "a.json", type: "App.Broken", message: "no",
            beside: [
                .init(worker: 2, running: 77, path: "main.9"), .init(worker: 3, name: 2, running: 5, path: "main.8[1]"),
            ], besideOmitted: 1, ancestorSites: [1], ancestorNames: [2], frames: frames)
    }

    /// The definitions that the failures refer to, in an order in which a late session may tell them: after their use.
    private func define(_ builder: inout RunBuilder) {
        builder.add(.site(number: 1, site), at: 9000)
        builder.add(.name(number: 2, text: "check"), at: 9000)
        builder.add(.poolStart(.init(pool: 1, workers: 4, name: "files")), at: 9000)
        builder.add(.workerStart(.init(pool: 1, worker: 4, number: 3)), at: 9000)
        builder.add(
            .frame(.init(address: 16, depth: 1, frame: .init(function: "outer", file: "o.swift", line: 2))), at: 9000)
        builder.add(
            .frame(.init(address: 16, depth: 0, frame: .init(function: "inner", file: "i.swift", line: 1))), at: 9000)
    }

    @Test func `A failure is made of its event and the definitions alone`() throws {
        var builder = RunBuilder()
        builder.add(.taskError(error(1)), at: 1000)
        define(&builder)
        let failure = try #require(builder.finish().failures.first)
        #expect(failure.name == "check")
        #expect(failure.site == site)
        #expect(failure.poolName == "files")
        #expect(failure.worker == 3)
        #expect(failure.frames.map(\.function) == ["inner", "outer"])
        #expect(failure.ancestors == [.init(name: "check", site: site)])
        #expect(
            failure.beside == [
                .init(worker: 2, path: "main.9", name: nil, running: 77),
                .init(worker: 3, path: "main.8[1]", name: "check", running: 5),
            ])
        #expect(failure.besideOmitted == 1)
    }

    @Test func `A failure whose task is overwritten still shows the task, by its path`() throws {
        var builder = RunBuilder()
        builder.add(.taskError(error(1, path: "main.2.1")), at: 1000)
        define(&builder)
        let run = builder.finish()
        #expect(run.counts() == [.failed: 1])
        let task = try #require(run.tasks.entries.first)
        #expect(run.path(of: task) == "main.2.1")
        #expect(task.started == 800)
        #expect(task.ended == 1000)
    }

    @Test func `A failure that is told twice is one failure`() {
        var builder = RunBuilder()
        builder.add(.taskError(error(1)), at: 1000)
        builder.add(.taskError(error(1)), at: 2000)
        #expect(builder.finish().failures.count == 1)
    }

    @Test func `A neighbour's worker goes by its number in its pool`() throws {
        var builder = RunBuilder()
        define(&builder)
        var error = error(1)
        error.beside = [.init(worker: 4, name: 2, running: 77, path: "main.9")]
        builder.add(.taskError(error), at: 1000)
        let beside = try #require(builder.finish().failures.first).beside
        #expect(beside == [.init(worker: 3, path: "main.9", name: "check", running: 77)])
    }

    @Test func `What the process printed comes first, in that order and with the counts of that moment`() {
        var builder = RunBuilder()
        define(&builder)
        for number: UInt64 in 1...6 {
            builder.add(.taskError(error(number, path: "main.\(number)")), at: 1000 + number)
        }
        builder.add(.taskError(error(7, path: "main.7", frames: [])), at: 1010)
        builder.add(.report(number: 2, same: 3), at: 1020)
        builder.add(.report(number: 5, same: 5), at: 1030)
        let reports = builder.finish().reports
        #expect(reports.map(\.failure.number) == [2, 5, 7])
        #expect(reports.map(\.others) == [3, 5, 6])
        #expect(reports[0].otherPaths == ["main.1", "main.3", "main.4"])
        #expect(reports[1].otherPaths == ["main.1", "main.2", "main.3"])
    }

    @Test func `Without any frame definition a report shows the addresses`() throws {
        var builder = RunBuilder()
        builder.add(.taskError(error(1, frames: [99, 100])), at: 1000)
        #expect(try #require(builder.finish().failures.first).frames.map(\.function) == ["0x63", "0x64"])
    }

    @Test func `An address of no interest to the process is left out`() throws {
        var builder = RunBuilder()
        define(&builder)
        builder.add(.taskError(error(1, frames: [99, 16])), at: 1000)
        #expect(try #require(builder.finish().failures.first).frames.map(\.function) == ["inner", "outer"])
    }

    // MARK: - Before they are described

    private func left(_ number: UInt64, frames: [UInt64] = [16]) -> PoolEvent.TaskFailed {
        var known = error(number, frames: frames)
        (known.path, known.message, known.input, known.isDeferred) = ("", "", "", true)
        known.beside = [.init(worker: 2, running: 77, path: "")]
        return PoolEvent.TaskFailed(
            error: known, steps: [TaskPath.main.id, number, 1 << 63 | 5], beside: [TaskPath("main.9")?.id ?? 0])
    }

    @Test func `A failure that nobody described has all but its texts`() throws {
        var builder = RunBuilder()
        define(&builder)
        builder.add(
            .taskSubmit(.init(task: TaskPath("main.9")?.id ?? 0, parent: TaskPath.main.id, ordinal: 9, origin: 1)),
            at: 1)
        builder.add(.taskFailed(left(3)), at: 1000)
        let failure = try #require(builder.finish().failures.first)
        #expect(failure.path == "main.3[5]" && failure.name == "check" && failure.site == site && failure.worker == 3)
        #expect(failure.type == "App.Broken" && failure.input == nil)
        #expect(failure.message == "no message: the process ended before the failure was described")
        #expect(failure.frames.map(\.function) == ["inner", "outer"])
        #expect(failure.beside == [.init(worker: 2, path: "main.9", name: nil, running: 77)])
        #expect(failure.ancestors == [.init(name: "check", site: site)])
    }

    @Test func `A failure that was described is that, whichever of its events comes first`() {
        for isReversed in [false, true] {
            var builder = RunBuilder()
            define(&builder)
            var events: [PoolEvent] = [.taskFailed(left(1)), .taskError(error(1))]
            if isReversed { events.reverse() }
            for event in events { builder.add(event, at: 1000) }
            #expect(builder.finish().failures.map(\.message) == ["no"])
        }
    }

    @Test func `Where the program has failed on, only the first of a kind are described, and the process counts them`()
    {
        var builder = RunBuilder()
        define(&builder)
        builder.add(.taskError(error(1)), at: 1000)
        builder.add(.taskFailed(left(900)), at: 1900)
        builder.add(.failureCount(number: 1, same: 5000), at: 2000)
        builder.add(.processEnd(status: 0), at: 2001)
        let run = builder.finish()
        #expect(run.failures.map(\.message) == ["no", "no message: only the first failures of a kind are described"])
        #expect(run.reports.map(\.others) == [5000])
    }

    @Test func `The frames of a failure that nobody described do not become those of others`() {
        var builder = RunBuilder()
        define(&builder)
        builder.add(.taskError(error(1, frames: [99, 16])), at: 1000)
        builder.add(.taskFailed(left(2, frames: [99, 98, 16])), at: 1001)
        // Of 99 the process has said that it is of no interest, of 98 nothing.
        let frames = builder.finish().failures.map { $0.frames.map(\.function) }
        #expect(frames == [["inner", "outer"], ["0x62", "inner", "outer"]])
    }

    @Test func `A description by another thread is no time of the worker's, one by the worker itself is`() {
        for isDeferred in [false, true] {
            var builder = RunBuilder()
            define(&builder)
            var error = error(1)
            error.isDeferred = isDeferred
            builder.add(.taskStart(task: error.task, worker: 4), at: 500)
            builder.add(.taskEnd(task: error.task, outcome: Outcome.failed.rawValue), at: 900)
            if isDeferred { builder.add(.taskFailed(left(1)), at: 905) }
            builder.add(.taskError(error), at: 30_000_000)
            #expect(builder.finish().explanations == (isDeferred ? [:] : [error.task: 30_000_000]))
        }
    }
}
