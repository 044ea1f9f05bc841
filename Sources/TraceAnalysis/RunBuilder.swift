internal import PoolModel
internal import PoolSchedule
internal import PoolSymbols

/// Makes a run from its events, given in time order.
///
/// The order of one task's events does not matter: a start may come before its submission, as the clocks of two threads
/// are not ordered with what the threads did. Definitions may come at any time, and more than once.
public struct RunBuilder {
    private var run = Run()
    private var first: UInt64?
    private var last: UInt64 = 0
    private var processStart: UInt64?
    private var workers: [UInt32: Run.Worker] = [:]
    private var pools: [UInt32: Run.Pool] = [:]
    private var origins: [UInt32: PoolEvent.Origin] = [:]
    /// The origin of the task submitted last: most others have the same.
    private var lastOrigin = PoolEvent.Origin(origin: 0, pool: 0)
    /// Tasks whose origin was unknown when their submission came, by their positions: stamps are older than what they
    /// lead to define.
    private var undefined: [(position: Int, origin: UInt32)] = []
    private var callSites = CallSites()
    private var errors: [UInt64: TaskError] = [:]
    /// Failures as their workers left them, by number, until they are described.
    private var left: [UInt64: PoolEvent.TaskFailed] = [:]
    /// What the addresses of those mean that the process did not tell.
    private var leftFrames: [UInt64: [Failure.Frame]] = [:]
    /// How many others failed in the same way as the failure with a number.
    private var failureCounts: [UInt64: UInt64] = [:]
    /// By the number of the failure.
    private var races: [UInt64: PoolEvent.FoundRace] = [:]
    private var frames: [UInt64: [UInt32: Failure.Frame]] = [:]
    /// The failures whose report was printed.
    private var printed: Set<UInt64> = []
    private var waits = WaitBuilder()
    private var annotations = AnnotationBuilder()
    private var lastStart: UInt64 = 0
    private var startsAreOrdered = true
    /// The map whose element was submitted last: its other elements follow.
    private var lastMap: UInt64?

    /// Makes a builder that has seen nothing.
    ///
    /// - Parameter contextPID: The process ID, where the trace's context has it.
    public init(contextPID: UInt64? = nil) { run.contextPID = contextPID }

    /// Whether the process has ended: a `processStart` after that is another process's.
    public var hasEnded: Bool { run.status != nil }

    /// What the process said of itself so far.
    public var process: PoolEvent.ProcessStart? { run.process }

    /// Accounts for events that the trace does not show.
    public mutating func add(_ loss: Loss) { run.loss.add(loss) }

    /// Says that events before `time` may have been overwritten.
    public mutating func noteOverwritten(before time: UInt64) { run.wholeSince = max(run.wholeSince, time) }

    /// Takes an event.
    public mutating func add(_ event: PoolEvent, at time: UInt64) {
        note(time)
        switch event {
        case .taskSubmit(let submit): taskSubmit(submit, at: time)
        case .taskStart(let task, let worker): taskStart(task, worker: worker, at: time)
        case .taskEnd(let task, let outcome): taskEnd(task, outcome: outcome, at: time)
        case .taskError(let error):
            if errors[error.number] == nil { errors[error.number] = error }
            left[error.number] = nil
            run.knownPaths[error.task] = error.path
            failed(error, at: time)
        default: addRare(event, at: time)
        }
    }

    private mutating func addRare(_ event: PoolEvent, at time: UInt64) {
        switch event {
        case .processStart(let start):
            if run.process == nil {
                run.process = start
                processStart = time
            }
        case .processEnd(let status): run.status = status
        case .site(let number, let site): run.sites[number] = site
        case .callSite(let number, let callers): callSites.callers[number] = callers
        case .module(let module): callSites.modules.append(module)
        case .name(let number, let text): run.names[number] = text
        case .origin(let origin): origins[origin.origin] = origin
        case .root(let task, let path): run.knownPaths[task] = path
        case .poolStart(let pool):
            pools[pool.pool] = Run.Pool(number: pool.pool, name: pool.name, workers: pool.workers)
        case .workerStart(let worker):
            run.workerProcesses[worker.thread] = worker.worker
            workers[worker.worker] = Run.Worker(
                id: worker.worker, pool: worker.pool, number: worker.number, thread: worker.thread)
        case .taskInput(let task, let text): run.inputs[task] = text
        case .taskFailed(let failed):
            if errors[failed.error.number] == nil { left[failed.error.number] = failed }
            self.failed(failed.error, at: time)
        case .failureCount(let number, let same): failureCounts[number] = same
        case .race(let race): races[race.number] = race
        case .stackSample(let sample): run.samples.add(sample, at: time)
        // Each says what all before say, and more.
        case .sampling(let sampling): run.sampling = sampling
        case .frame(let definition): frames[definition.address, default: [:]][definition.depth] = definition.frame
        case .report(let number, let same):
            if printed.insert(number).inserted { run.printed.append(Run.Printed(number: number, same: same)) }
        case .taskSuspend(let task, let worker): taskSuspend(task, on: worker, at: time)
        case .taskResume(let task, let worker): taskResume(task, on: worker, at: time)
        case .workerTime(let worker, let elapsed, let onCPU, let ready):
            run.stretches.append(
                Run.Stretch(worker: worker, end: time, elapsed: elapsed, onCPU: onCPU, ready: ready))
        case .waitStart(let task, let awaited): waits.start(task, awaited: awaited, at: time)
        case .waitEnd(let task, let awaited): waits.end(task, awaited: awaited, at: time)
        // A thread outside the pools; where each of its points is a decision it has an arrival like any other.
        case .step(let task, 0, let waits, _) where waits >> 63 == 0:
            run.stepTimes.append(time)
            run.steps.append(
                Run.Step(
                    task: task, arrival: waits & Schedule.Step.betweenWaits, segment: nil,
                    wait: UInt32(truncatingIfNeeded: waits)))
        case .step(let task, _, let arrival, let segment):
            run.stepTimes.append(time)
            run.steps.append(
                Run.Step(task: task, arrival: arrival, segment: segment > 0 ? segment - 1 : nil, wait: nil))
        case .divergence(let place, let expected, let chosen, let ready):
            run.divergences.append(
                Run.Divergence(place: place, expected: expected, chosen: chosen, ready: ready))
        case .mark(let task, let kind, let text):
            run.marks.append(Run.Mark(time: time, task: task, kind: kind, text: text))
        case .taskMark(let task, let name): annotations.add(.mark, name, of: task, at: time)
        case .taskValue(let task, let name, let value): annotations.add(.value(value), name, of: task, at: time)
        case .spanStart(let task, let name): annotations.start(name, of: task, at: time)
        case .spanEnd(let task, let name): annotations.end(name, of: task, at: time)
        default: break
        }
    }

    private mutating func note(_ time: UInt64) {
        if first == nil || time < first! { first = time }
        last = max(last, time)
        run.loss.shown &+= 1
    }
}

// MARK: - Tasks

extension RunBuilder {
    /// Takes a submission.
    public mutating func taskSubmit(_ submit: PoolEvent.TaskSubmit, at time: UInt64) {
        let position = run.tasks.insert(submit.task)
        if submit.origin != lastOrigin.origin, let origin = origins[submit.origin] { lastOrigin = origin }
        let origin = submit.origin == lastOrigin.origin ? lastOrigin : nil
        if origin == nil { undefined.append((position, submit.origin)) }
        run.tasks.entries.update(position) { block, row in
            block.take(row, submit, at: time)
            if let origin { block.take(row, origin) }
        }
        if submit.index != PoolEvent.noIndex, submit.parent != lastMap {
            lastMap = submit.parent
            let map = run.tasks.insert(submit.parent)
            run.tasks.entries.update(map) { $0.add($1, flag: TaskEntry.mapFlag) }
        }
    }

    private mutating func taskStart(_ task: UInt64, worker: UInt32, at time: UInt64) {
        let position = run.tasks.insert(task)
        // A task starts once; a second start is another run of the same number, and the first is kept.
        guard run.tasks.entries.update(position, { $0.start($1, worker: worker, at: time) }) else { return }
        run.startOrder.append(UInt32(truncatingIfNeeded: position))
        if time < lastStart { startsAreOrdered = false }
        lastStart = time
    }

    private mutating func taskEnd(_ task: UInt64, outcome: UInt8, at time: UInt64) {
        let position = run.tasks.insert(task)
        let wasSuspended = run.tasks.entries.update(position) { $0.end($1, outcome: outcome, at: time) }
        if wasSuspended { run.suspensions[task]?.end(at: time) }
    }

    private mutating func taskSuspend(_ task: UInt64, on worker: UInt32, at time: UInt64) {
        let position = run.tasks.insert(task)
        run.tasks.entries.update(position) { $0.add($1, flag: TaskEntry.suspendedFlag) }
        let entry = run.tasks.entries[position]
        let first = entry.worker == worker ? entry.started : nil
        run.suspensions[task, default: Suspensions()].suspend(on: worker, at: time, first: first)
    }

    // What it was suspended from may be lost.
    private mutating func taskResume(_ task: UInt64, on worker: UInt32, at time: UInt64) {
        let position = run.tasks.insert(task)
        run.tasks.entries.update(position) { $0.add($1, flag: TaskEntry.suspendedFlag) }
        run.suspensions[task, default: Suspensions()].resume(on: worker, at: time)
    }

    /// A failure has what older events, which may be lost, said of its task.
    private mutating func failed(_ error: TaskError, at time: UInt64) {
        let position = run.tasks.insert(error.task)
        var entry = run.tasks.entries[position]
        entry.take(error)
        if races[error.number] != nil {
            // It goes on, and has failed however it ends: see `completeTasks`.
        } else if entry.ended == nil {
            entry.ended = time
            entry.outcome = Outcome.failed.rawValue
        } else if let ended = entry.ended, ended < time, entry.worker == error.worker, !error.isDeferred {
            run.explanations[error.task] = time
        }
        // Worker 0: it never ran.
        if entry.started == nil, error.worker != 0 {
            entry.started = time > error.runTime ? time - error.runTime : 0
            run.startOrder.append(UInt32(truncatingIfNeeded: position))
            startsAreOrdered = false
        }
        run.tasks.entries[position] = entry
    }
}

// MARK: - Finishing

extension RunBuilder {
    /// The run, with every number resolved.
    public consuming func finish() -> Run {
        // A session that starts late gets the process's event again: then the first event is as far back as the trace
        // goes.
        run.start = min(processStart ?? UInt64.max, first ?? 0)
        run.end = max(last, run.start)
        run.sites.merge(callSites.resolved()) { known, _ in known }
        run.modules = callSites.modules
        completeTasks()
        completeSuspended()
        completeWorkers()
        run.waits = waits.waits
        annotations.finish(&run)
        for failed in left.values { errors[failed.error.number] = complete(failed) }
        resolveLeft()
        let sorted = errors.values.sorted { $0.number < $1.number }
        run.failures = sorted.map(failure)
        takeFailureCounts()
        run.failureTasks = sorted.map(\.task)
        if !startsAreOrdered {
            let entries = run.tasks.entries
            run.startOrder.sort { (entries[Int($0)].started ?? 0) < (entries[Int($1)].started ?? 0) }
        }
        run.addUpWaits()
        run.shareTime()
        return run
    }

    // A task's origin may be defined after it was submitted. One whose submission is lost belongs to its worker's pool.
    private mutating func completeTasks() {
        for (position, number) in undefined {
            if let origin = origins[number] { run.tasks.entries.update(position) { $0.take($1, origin) } }
        }
        for position in run.tasks.entries.indices {
            var entry = run.tasks.entries[position]
            guard entry.submitted == nil, entry.pool == 0, let pool = workers[entry.worker]?.pool else { continue }
            entry.pool = pool
            run.tasks.entries[position] = entry
        }
        for error in errors.values where races[error.number] != nil {
            let position = run.tasks.insert(error.task)
            if run.tasks.entries[position].ended != nil {
                run.tasks.entries[position].outcome = Outcome.failed.rawValue
            }
        }
    }

    // A task that was on no worker when its end was recorded had ended when it left the last one: the recording
    // thread could not see it. One that is on a worker when the trace ends has been on it until then.
    private mutating func completeSuspended() {
        for (number, suspensions) in run.suspensions {
            let position = run.tasks.insert(number)
            var entry = run.tasks.entries[position]
            if entry.ended == nil {
                if !suspensions.isSuspended { run.suspensions[number]?.goOn(until: run.end) }
            } else if suspensions.isSuspended, let last = suspensions.segments.last {
                entry.ended = last.end
                run.tasks.entries[position] = entry
            }
        }
    }

    private mutating func completeWorkers() {
        var seen = Set<UInt32>()
        for position in run.startOrder where seen.insert(run.tasks.entries[Int(position)].worker).inserted {
            let task = run.tasks.entries[Int(position)]
            guard task.worker != TaskEntry.noWorker, workers[task.worker] == nil else { continue }
            workers[task.worker] = Run.Worker(id: task.worker, pool: task.pool, number: task.worker, thread: 0)
        }
        run.workers = workers.values.sorted { ($0.pool, $0.number, $0.id) < ($1.pool, $1.number, $1.id) }
        run.pools = pools.values.sorted { $0.number < $1.number }
    }

    private func failure(_ error: TaskError) -> Failure {
        Failure(
            number: error.number, sameBefore: error.sameBefore, path: error.path, name: run.names[error.name],
            site: site(error.site), pool: error.pool, poolName: pools[error.pool]?.name ?? "\(error.pool)",
            worker: workers[error.worker]?.number ?? error.worker, input: error.input.isEmpty ? nil : error.input,
            type: error.type, message: error.message,
            frames: error.frames.flatMap { left[error.number] == nil ? frames(at: $0) : leftFrames(at: $0) },
            ancestors: ancestors(error.ancestorSites, error.ancestorNames), beside: neighbours(error),
            besideOmitted: error.besideOmitted,
            said: error.said.compactMap { said in
                Failure.Said(
                    what: said.what, value: said.value, before: said.before,
                    name: run.names[UInt32(truncatingIfNeeded: said.what)])
            },
            start: error.start, queueWait: error.queueWait,
            runTime: error.runTime, race: races[error.number].map(race))
    }

    /// A failure that nobody has described, as far as the trace knows it.
    private mutating func complete(_ failed: PoolEvent.TaskFailed) -> TaskError {
        var error = failed.error
        error.path = path(failed.steps) ?? run.path(ofTask: error.task)
        for (place, task) in failed.beside.enumerated() where place < error.beside.count {
            error.beside[place].path = run.path(ofTask: task)
        }
        if error.type.isEmpty { error.type = "an error of an unknown type" }
        error.message =
            run.status == nil
            ? "no message: the process ended before the failure was described"
            : "no message: only the first failures of a kind are described"
        return error
    }

    /// The addresses of failures that nobody has described, of which the process has not told what they mean.
    private mutating func resolveLeft() {
        // Of those the process has told all that is of interest.
        let known = Set(errors.values.filter { left[$0.number] == nil }.flatMap(\.frames))
        for address in left.values.lazy.flatMap(\.error.frames)
        where leftFrames[address] == nil && frames[address] == nil && !known.contains(address) {
            leftFrames[address] = resolve(address)
        }
    }

    private func path(_ steps: [UInt64]) -> String? {
        guard let root = steps.first else { return nil }
        return steps.dropFirst().reduce(into: run.path(ofTask: root)) { path, step in
            path += step >> 63 == 0 ? ".\(step)" : "[\(step & ~(1 << 63))]"
        }
    }

    /// What an address means that the process has not told, by depth: nothing for what is PoolTrace's own.
    private func resolve(_ address: UInt64) -> [Failure.Frame] {
        guard let symbols = callSites.frames(at: address) else { return [Self.unknown(address)] }
        return symbols.filter { !OwnFrames.contains($0) }.map {
            Failure.Frame(function: TextLimit.cut($0.function), file: TextLimit.cut($0.file), line: $0.line)
        }
    }

    private static func unknown(_ address: UInt64) -> Failure.Frame {
        Failure.Frame(function: "0x" + String(address, radix: 16), file: "", line: 0)
    }

    /// The last that the trace has of a kind was the last there was.
    private mutating func takeFailureCounts() {
        guard !failureCounts.isEmpty else { return }
        var last: [Failure.Signature: Int] = [:]
        for (place, failure) in run.failures.enumerated() { last[failure.signature] = place }
        for failure in run.failures {
            guard let same = failureCounts[failure.number], let place = last[failure.signature] else { continue }
            run.failures[place].sameBefore = max(run.failures[place].sameBefore, same)
        }
    }

    private func race(_ found: PoolEvent.FoundRace) -> Race {
        Race(
            access: found.access, otherAccess: found.otherAccess, isOtherFirst: found.otherFirst != 0,
            path: found.otherPath, name: run.names[found.otherName], site: site(found.otherSite),
            ancestors: ancestors(found.otherAncestorSites, found.otherAncestorNames),
            input: found.otherInput.isEmpty ? nil : found.otherInput,
            frames: found.otherFrames.flatMap(frames(at:)), memory: found.memory,
            allocation: found.allocation.flatMap(frames(at:)))
    }

    private func site(_ number: UInt32) -> Site {
        run.sites[number] ?? .unknown
    }

    private func frames(at address: UInt64) -> [Failure.Frame] {
        guard let known = frames[address], !known.isEmpty else {
            // The process defines no frame for what is of no interest to a reader; where it defined none at all, the
            // trace lost them.
            guard frames.isEmpty else { return [] }
            return [Self.unknown(address)]
        }
        return known.sorted { $0.key < $1.key }.map(\.value)
    }

    private func leftFrames(at address: UInt64) -> [Failure.Frame] {
        leftFrames[address] ?? frames[address]?.sorted { $0.key < $1.key }.map(\.value) ?? []
    }

    private func ancestors(_ sites: [UInt64], _ names: [UInt64]) -> [Failure.Ancestor] {
        zip(sites, names).map { site, name in
            Failure.Ancestor(
                name: UInt32(exactly: name).flatMap { run.names[$0] }, site: self.site(UInt32(exactly: site) ?? 0))
        }
    }

    private func neighbours(_ error: TaskError) -> [Failure.Neighbour] {
        error.beside.map { task in
            Failure.Neighbour(
                worker: workers[task.worker]?.number ?? task.worker, path: task.path, name: run.names[task.name],
                running: task.running)
        }
    }
}

// MARK: - What an event says of its task

extension TaskEntry {
    fileprivate mutating func take(_ error: TaskError) {
        if error.worker != 0 { worker = error.worker }
        guard submitted == nil else { return }
        pool = error.pool
        site = error.site
        name = error.name
    }
}
