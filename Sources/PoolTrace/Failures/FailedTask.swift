import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder

/// What a failing worker leaves behind: numbers and references, from which a report is made later.
///
/// Nothing here takes a look at a text, at debug information or at the program's code.
struct FailedTask: @unchecked Sendable {
    /// What kind of failure it is, with what is known of it only now.
    enum Origin {
        /// The task threw its error here.
        case thrown
        /// It threw it in a worker process, which has described it.
        case remote(RemoteThrow)
        case fault(Fault)
        case race(FoundRace)
    }

    /// The run of a task that has failed.
    struct Run {
        let worker: Worker
        let start: UInt64
        let end: UInt64
        let neighbours: Neighbours
    }

    let error: any Error
    let origin: Origin
    private let job: Job
    /// Keeps the parent that `job` refers to.
    private let parent: TaskNode
    /// Where it was thrown, as return addresses, innermost first.
    private let addresses: [UInt64]
    let pool: UInt32
    private let poolName: String
    private let worker: (number: UInt32, id: UInt32)
    /// In nanoseconds.
    private let times: (start: UInt64, queueWait: UInt64, run: UInt64)
    private let neighbours: Neighbours
    /// What it said last, on the thread that it failed on, earliest first, and how long before, in nanoseconds.
    private let said: [(what: UInt64, value: Double, before: UInt64)]
    private let input: TaskInput?
    private let inputPolicy: Settings.Input

    /// - Parameter run: `nil` for what no worker ran.
    init(
        _ thrown: any Error, race: FoundRace? = nil, of job: Job, run: Run?, pool: UInt32, poolName: String,
        input: TaskInput?, inputPolicy: Settings.Input
    ) {
        // Types are compared before anything is cast: the first cast of an error's type takes microseconds.
        let type = Swift.type(of: thrown)
        if let race {
            (error, origin, addresses) = (thrown, .race(race), race.addresses)
        } else if type == RemoteThrow.self, let remote = thrown as? RemoteThrow {
            (error, origin, addresses) = (remote.error, .remote(remote), remote.addresses)
        } else if type == Fault.self, let fault = thrown as? Fault {
            // It is reported by another thread than its own.
            (error, origin, addresses) = (thrown, .fault(fault), fault.addresses)
        } else {
            (error, origin, addresses) = (thrown, .thrown, ThrowSite.addresses(Self.box(of: thrown)))
        }
        self.job = job
        parent = job.parentNode
        (self.pool, self.poolName) = (pool, poolName)
        worker = run.map { ($0.worker.number, $0.worker.id) } ?? (0, 0)
        times = (
            Recorder.sinceStart(run?.start ?? job.submitted),
            run.map { pooltrace_clock_nanoseconds(job.submitted, max(job.submitted, $0.start)) } ?? 0,
            run.map { pooltrace_clock_nanoseconds($0.start, max($0.start, $0.end)) } ?? 0
        )
        neighbours = run?.neighbours ?? Neighbours()
        if case .thrown = origin, let run {
            said = Self.said(by: job.task, from: run.start, to: run.end)
        } else {
            said = []
        }
        self.input = inputPolicy == .none ? nil : input
        self.inputPolicy = inputPolicy
    }

    private static func said(
        by task: UInt64, from start: UInt64, to end: UInt64
    ) -> [(what: UInt64, value: Double, before: UInt64)] {
        withUnsafeTemporaryAllocation(of: pooltrace_said_note.self, capacity: Int(POOLTRACE_SAID_MOST)) { notes in
            guard let first = notes.baseAddress else { return [] }
            let count = pooltrace_said_by(task, start, first)
            return notes.prefix(Int(count)).map { ($0.what, $0.value, pooltrace_clock_nanoseconds($0.stamp, end)) }
        }
    }

    /// The error's box, which `willThrow` has seen.
    private static func box(of error: any Error) -> UnsafeRawPointer {
        unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)
    }

    private var eventError: UInt64 { worker.id == 0 ? 0 : UInt64(UInt(bitPattern: Self.box(of: error))) }

    var path: String { TextLimit.cut(job.path.description, to: TextLimit.short) }

    /// `main.3 "load"`, escaped for terminals.
    var title: String { RunningTask.title(job) }
}

// MARK: - Before the first

extension FailedTask {
    private struct Nothing: Error {}

    /// Goes through what the first failure goes through, so that its worker does not wait for the code to be loaded and
    /// bound: 20 us without.
    static func warmUp() {
        let root = TaskNode(root: "", isImmortal: true)
        let job = Job(
            parent: root.unownedBits, task: 0, ordinal: 1, name: 0, site: 0, kind: .closure,
            submitted: pooltrace_clock_now(), index: 0)
        let task = FailedTask(
            Nothing(), of: job, run: nil, pool: 0, poolName: "", input: TaskInput(0), inputPolicy: .full)
        withExtendedLifetime(TaskFailure(task, isDescribedAtOnce: false)) {}
        // All but the event itself: there is no such failure.
        _ = (task.steps, task.parent.ancestors.prefix(Self.mostAncestors).map { UInt64($0.site) }, PoolRegistry.all)
        task.withTypeName { _ in }
    }
}

// MARK: - What needs no code of the program

extension FailedTask {
    /// The error's type, as reports show it.
    var type: String {
        switch origin {
        case .thrown: TextLimit.cut(TypeName.of(Swift.type(of: error)), to: TextLimit.type)
        case .remote(let remote): TextLimit.cut(remote.type, to: TextLimit.type)
        case .fault(let fault): fault.signal
        case .race: Race.type
        }
    }

    /// What other failures of its kind have in common with it; `type` is the task's own.
    func signature(type: String) -> Failure.Signature {
        if case .race = origin { return failure(number: 0, sameBefore: 0, type: type, DescribedTexts()).signature }
        return Failure.Signature(type: type, thrown: firstFrame, site: Recorder.knownSite(job.site), pool: pool)
    }

    private var firstFrame: Failure.Frame? {
        if case .remote(let remote) = origin, addresses.isEmpty { return remote.frames.first }
        return shownAddresses.lazy.compactMap { ThrowSite.frames(at: $0).first }.first
    }

    private var frames: [Failure.Frame] {
        if case .remote(let remote) = origin, addresses.isEmpty { return remote.frames }
        return shownAddresses.flatMap(ThrowSite.frames)
    }

    /// Those that a report shows: what is above the place of a worker's crash belongs to the runtime.
    private var shownAddresses: [UInt64] {
        guard case .remote(let remote) = origin, remote.error is WorkerDiedError else { return addresses }
        return Fault.known(addresses)
    }

    /// The whole failure.
    func failure(number: UInt64, sameBefore: UInt64, type: String, _ texts: DescribedTexts) -> Failure {
        let beside = neighbours.described
        var race: Race?
        if case .race(let found) = origin { race = found.race }
        return Failure(
            number: number, sameBefore: sameBefore, path: path, name: Recorder.name(job.name),
            site: Recorder.knownSite(job.site), pool: pool, poolName: poolName, worker: worker.number,
            input: texts.input, type: type, message: texts.message, frames: frames,
            ancestors: parent.ancestors.map {
                Failure.Ancestor(name: Recorder.name($0.name), site: Recorder.knownSite($0.site))
            },
            beside: beside.shown, besideOmitted: beside.omitted,
            said: said.compactMap { said in
                Failure.Said(
                    what: said.what, value: said.value, before: said.before,
                    name: Recorder.name(UInt32(truncatingIfNeeded: said.what)))
            },
            start: times.start, queueWait: times.queueWait,
            runTime: times.run, race: race)
    }
}

// MARK: - What is the program's code

/// What the program says of an error and of its task's input.
struct DescribedTexts {
    var message = ""
    var input: String?
}

extension FailedTask {
    /// Runs the program's code, which may do anything.
    var texts: DescribedTexts {
        let message =
            switch origin {
            case .thrown, .fault: TaskFailure.message(of: error)
            case .remote(let remote): remote.message ?? String(describing: remote.error)
            case .race(let found): found.race.message
            }
        return DescribedTexts(message: TextLimit.cut(message), input: input?.text(inputPolicy))
    }

    /// What takes their place where that code did not come back.
    func textsWithout(because reason: String) -> DescribedTexts {
        DescribedTexts(message: "no message: \(reason)")
    }
}

// MARK: - Events

extension FailedTask {
    /// Records what is known now, for a trace that ends before the failure is described.
    func record(number: UInt64) {
        guard pooltrace_is_recording() else { return }
        let ancestors = parent.ancestors
        let sites = ancestors.prefix(Self.mostAncestors).map { UInt64($0.site) }
        let names = ancestors.prefix(Self.mostAncestors).map { UInt64($0.name) }
        let steps = steps
        let tasks = neighbours.tasks
        withTypeName { typeName in
            pooltrace_record_task_failed(
                pooltrace_clock_now(), job.task, number, eventError, times.start, times.queueWait, times.run, pool,
                worker.id, job.site, job.name, typeName, UInt32(steps.count), steps, UInt32(sites.count), sites,
                UInt32(names.count), names, UInt32(addresses.count), addresses, UInt32(tasks.count),
                tasks.map { UInt64($0.id) }, UInt32(tasks.count), tasks.map(\.job.task), UInt32(tasks.count),
                tasks.map { UInt64($0.job.name) }, UInt32(tasks.count), tasks.map(\.running), neighbours.omitted,
                UInt32(said.count), said.map(\.what), UInt32(said.count), said.map(\.value.bitPattern),
                UInt32(said.count), said.map(\.before))
        }
    }

    /// As many as an event carries.
    private static let mostAncestors = 48
    private static let mostSteps = 512

    private func withTypeName(_ body: (UnsafePointer<CChar>) -> Void) {
        if case .remote(let remote) = origin { return remote.type.withCString(body) }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            // There is room, so there is an address.
            body(pooltrace_error_type_name(Self.box(of: error), buffer.baseAddress!, UInt32(buffer.count)))
        }
    }

    /// The path as numbers: the root's, then each step's; none if there are too many.
    private var steps: [UInt64] {
        var steps: [UInt64] = []
        func add(_ ordinal: UInt32, _ index: UInt64) {
            if index != TaskNode.noIndex { steps.append(index | 1 << 63) }
            // An async main has its root's path.
            if ordinal != 0 { steps.append(UInt64(ordinal)) }
        }
        add(job.ordinal, job.index)
        var node = parent
        while let above = node.parent, steps.count < Self.mostSteps {
            add(node.ordinal, node.index)
            node = above
        }
        guard steps.count < Self.mostSteps else { return [] }
        steps.append(node.task)
        steps.reverse()
        return steps
    }

    /// Records a failure that has been described.
    ///
    /// - Parameter isDeferred: Whether the worker went on before it was.
    func record(_ failure: Failure, isDeferred: Bool) {
        guard pooltrace_is_recording() else { return }
        if case .race(let found) = origin { found.record(failure.number) }
        let ancestors = parent.ancestors
        let sites = ancestors.map { UInt64($0.site) }
        let names = ancestors.map { UInt64($0.name) }
        let beside = neighbours.described
        let addresses = eventAddresses
        pooltrace_record_task_error(
            pooltrace_clock_now(), job.task, failure.number, failure.sameBefore, eventError, job.index, failure.start,
            failure.queueWait, failure.runTime, failure.pool, worker.id, job.site, job.name, failure.path,
            failure.input ?? "", failure.type, failure.message, UInt32(sites.count), sites, UInt32(names.count), names,
            UInt32(addresses.count), addresses, UInt32(beside.workers.count), beside.workers,
            UInt32(beside.names.count), beside.names, UInt32(beside.times.count), beside.times, beside.paths,
            beside.omitted, isDeferred ? 1 : 0, UInt32(said.count), said.map(\.what), UInt32(said.count),
            said.map(\.value.bitPattern), UInt32(said.count), said.map(\.before))
    }

    private var eventAddresses: [UInt64] {
        if case .remote(let remote) = origin, addresses.isEmpty { return RemoteFrames.addresses(of: remote.frames) }
        return shownAddresses
    }
}
