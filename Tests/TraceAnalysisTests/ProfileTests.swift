internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("Profile")
struct ProfileTests {
    private let map = TaskID.child(of: TaskPath.main.id, ordinal: 2)
    private let code: UInt64 = 0x1000

    /// A map of three elements, the first of which has the context that is sampled for all of them; the stacks are in
    /// code of no module but one that is gone.
    private func run(_ samples: [(time: UInt64, PoolEvent.StackSample)]) -> Run {
        var builder = RunBuilder()
        builder.add(.name(number: 7, text: "part"), at: 0)
        builder.add(.root(task: TaskPath.main.id, path: "main"), at: 0)
        builder.add(.taskSubmit(.init(task: map, parent: TaskPath.main.id, ordinal: 2, origin: 1)), at: 0)
        builder.add(.origin(PoolEvent.Origin(origin: 1, pool: 1, site: 0, name: 7)), at: 0)
        builder.add(
            .module(PoolEvent.Module(path: "/nowhere/program", address: 0x1000, size: 0x1000, buildID: "ab")), at: 0)
        for index: UInt64 in 0..<3 {
            let element = TaskID.element(of: map, index: index)
            builder.add(.taskSubmit(.init(task: element, parent: map, index: index, origin: 1)), at: 1)
            builder.add(.taskStart(task: element, worker: 1), at: 10 * index + 10)
            builder.add(.taskEnd(task: element, outcome: 1), at: 10 * index + 20)
        }
        builder.add(.sampling(PoolEvent.Sampling(period: 5, blocked: 10)), at: 1)
        for (time, sample) in samples { builder.add(.stackSample(sample), at: time) }
        builder.add(.sampling(PoolEvent.Sampling(period: 5, blocked: 10, lost: 3)), at: 40)
        return builder.finish()
    }

    private func sample(
        _ index: UInt64, _ kind: PoolEvent.StackSample.Kind = .perf, weight: UInt64 = 5, reason: String = "",
        frames: [UInt64]
    ) -> PoolEvent.StackSample {
        PoolEvent.StackSample(
            task: TaskID.element(of: map, index: 0), index: index, thread: 9, kind: kind.rawValue, weight: weight,
            reason: reason, frames: frames)
    }

    @Test func `Samples belong to the element that ran, and each aspect has its own`() {
        let run = run([
            (12, sample(0, frames: [code + 8, code + 64])), (22, sample(1, .timer, weight: 20, frames: [code + 8])),
            (32, sample(2, .blocked, weight: 100, reason: "a read", frames: [code + 16])),
        ])
        #expect(run.sampling?.lost == 3)
        let cpu = Profile(run, aspect: .cpu)
        #expect(cpu.amount == Profile.Amount(weight: 25, samples: 2))
        #expect(cpu.names.map(\.group) == [.name("part")])
        #expect(cpu.samples.map { $0.task.map { run.path(of: run.tasks.entries[$0]) } } == ["main.2[0]", "main.2[1]"])
        let blocked = Profile(run, aspect: .blocked)
        #expect(blocked.amount == Profile.Amount(weight: 100, samples: 1))
        #expect(blocked.functions.first?.reasons == ["a read"])
        #expect(Profile(run, aspect: .cpu, task: TaskID.element(of: map, index: 1)).amount.weight == 20)
        var filter = TaskFilter()
        filter.to = 15
        #expect(Profile(run, aspect: .cpu, filter: filter).amount.weight == 5)
        filter = TaskFilter()
        filter.name = "other"
        #expect(Profile(run, aspect: .cpu, filter: filter).amount.samples == 0)
    }

    @Test func `Code without a file is not left out, and is said to have none`() throws {
        let run = run([(12, sample(0, frames: [code + 8, code + 64])), (14, sample(0, frames: [0x9_0000]))])
        let profile = Profile(run, aspect: .cpu)
        #expect(profile.lostModules == ["/nowhere/program"])
        #expect(profile.functions.map(\.frame.function).sorted() == ["a function of program", "unknown code"])
        // Both frames are of the file: its time counts once.
        #expect(profile.functions.allSatisfy { $0.total.weight == 5 && $0.own.weight == 5 })
        #expect(run.hottestFunction()?.share == 0.5)
        #expect(run.hottestFunction(since: 100) == nil)
    }

    @Test func `A stack that could not be followed has no functions, and its time is known`() {
        let run = run([(12, sample(0, .blocked, weight: 50, frames: []))])
        let profile = Profile(run, aspect: .blocked)
        #expect(profile.withoutStack == Profile.Amount(weight: 50, samples: 1))
        #expect(profile.functions.isEmpty && profile.amount.weight == 50)
    }

    @Test func `A kind that there is not is left out`() {
        var odd = sample(0, frames: [code])
        odd.kind = 77
        let run = run([(12, odd)])
        #expect(run.samples.all.isEmpty && Profile(run, aspect: .cpu).amount.samples == 0)
    }
}
