import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import PoolSymbols
import Synchronization

// A task has failed: everything that explains it is gathered here, on the worker, while the task's context is still
// there. This is the cold path: it takes locks, allocates and reads debug information.
extension PoolCore {
    func explain(
        _ thrown: any Error, of job: Job, started start: UInt64, at now: UInt64, on worker: Worker,
        input: (Settings.Input) -> String?
    ) -> TaskFailure {
        let run = FailedRun(
            worker: worker, start: start, end: now, neighbours: Neighbours.others(than: worker, at: now))
        return Self.failure(
            of: job, Thrown(thrown), run, pool: number, poolName: name, input: input(configuration.inputs))
    }

    /// A task that the pool did not take, since it is closed or broken unless an error says why, explained like any
    /// other failure.
    func refusal(of job: Job, _ error: (any Error)? = nil, input: String? = nil) -> TaskFailure {
        let failure = Self.failure(
            of: job, error: error ?? refusalError, pool: number, poolName: name, input: input)
        if pooltrace_is_recording() {
            pooltrace_record_task_end(pooltrace_clock_now(), job.task, UInt8(POOLTRACE_FAILED.rawValue))
        }
        return failure
    }

    /// The failure of what no worker ran: a task that a pool did not take, or a promise, which belongs to no pool.
    ///
    /// The error may have been thrown, and caught, by the task that runs on this thread.
    static func failure(
        of job: Job, error: any Error, pool: UInt32 = 0, poolName: String = "", input: String? = nil
    ) -> TaskFailure {
        Self.failure(of: job, Thrown(error), nil, pool: pool, poolName: poolName, input: input)
    }

    /// The failure of a task that has made an access which races with another one's.
    ///
    /// - Parameter participant: `nil` for main, and for threads that run no task; `job` stands for them.
    static func failure(
        of job: Job, _ found: FoundRace, _ participant: RaceDetection.Participant?, at now: UInt64
    ) -> TaskFailure {
        let run = participant?.worker.map {
            FailedRun(
                worker: $0, start: participant?.start ?? now, end: now, neighbours: Neighbours.others(than: $0, at: now)
            )
        }
        return failure(
            of: job, Thrown(found), run, pool: participant?.pool ?? 0, poolName: participant?.poolName ?? "",
            input: participant?.input, race: found)
    }

    /// Makes, records and keeps a failure: every one of this process is made here.
    ///
    /// - Parameter run: `nil` for what no worker ran.
    private static func failure(
        of job: Job, _ thrown: Thrown, _ run: FailedRun?, pool: UInt32, poolName: String, input: String?,
        race: FoundRace? = nil
    ) -> TaskFailure {
        let ancestors = job.parentNode.ancestors
        let neighbours = run?.neighbours ?? Neighbours()
        let failure = Failure(
            number: 0, sameBefore: 0, path: TextLimit.cut(job.path.description, to: TextLimit.short),
            name: Recorder.name(job.name), site: Recorder.knownSite(job.site), pool: pool, poolName: poolName,
            worker: run?.worker.number ?? 0, input: input, type: thrown.type, message: thrown.message,
            frames: thrown.frames,
            ancestors: ancestors.map {
                Failure.Ancestor(name: Recorder.name($0.name), site: Recorder.knownSite($0.site))
            },
            beside: neighbours.described, besideOmitted: neighbours.omitted,
            start: Recorder.sinceStart(run?.start ?? job.submitted),
            queueWait: run.map { pooltrace_clock_nanoseconds(job.submitted, max(job.submitted, $0.start)) } ?? 0,
            runTime: run.map { pooltrace_clock_nanoseconds($0.start, max($0.start, $0.end)) } ?? 0,
            race: race?.race)
        return FailureRegistry.add(failure, error: thrown.error) { failure in
            guard pooltrace_is_recording() else { return }
            race?.record(failure.number)
            record(
                failure, job: job, worker: run?.worker.id ?? 0,
                error: run == nil ? 0 : UInt64(UInt(bitPattern: thrown.box)),
                addresses: thrown.addresses, ancestors: ancestors, neighbours: neighbours)
        }
    }

    private static func record(
        _ failure: Failure, job: Job, worker: UInt32, error: UInt64, addresses: [UInt64], ancestors: [TaskNode],
        neighbours: Neighbours
    ) {
        let sites = ancestors.map { UInt64($0.site) }
        let names = ancestors.map { UInt64($0.name) }
        pooltrace_record_task_error(
            pooltrace_clock_now(), job.task, failure.number, failure.sameBefore, error, job.index, failure.start,
            failure.queueWait, failure.runTime, failure.pool, worker, job.site, job.name, failure.path,
            failure.input ?? "",
            failure.type, failure.message, UInt32(sites.count), sites, UInt32(names.count), names,
            UInt32(addresses.count), addresses, UInt32(neighbours.workers.count), neighbours.workers,
            UInt32(neighbours.names.count), neighbours.names, UInt32(neighbours.times.count), neighbours.times,
            neighbours.paths, neighbours.omitted)
    }
}

/// What a task threw, as a report shows it.
private struct Thrown {
    let error: any Error
    /// The error's box, which `willThrow` has seen.
    let box: UnsafeRawPointer
    /// Where it was thrown, as return addresses and as a report shows them.
    let addresses: [UInt64]
    let frames: [Failure.Frame]
    let type: String
    let message: String

    init(_ found: FoundRace) {
        error = found
        box = unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)
        addresses = found.addresses
        frames = addresses.flatMap(ThrowSite.frames)
        type = Race.type
        message = TextLimit.cut(found.race.message)
    }

    init(_ thrown: any Error) {
        // A fault is reported by another thread than its own.
        let fault = thrown as? Fault
        let remote = thrown as? RemoteThrow
        error = remote?.error ?? thrown
        box = unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)
        addresses = remote.map { RemoteFrames.addresses(of: $0.frames) } ?? fault?.addresses ?? ThrowSite.addresses(box)
        frames = remote?.frames ?? addresses.flatMap(ThrowSite.frames)
        type = TextLimit.cut(
            remote?.type ?? fault?.signal ?? TypeName.of(Swift.type(of: error)), to: TextLimit.type)
        message = TextLimit.cut(remote?.message ?? TaskFailure.message(of: error))
    }
}

/// The run of a task that has failed.
private struct FailedRun {
    let worker: Worker
    let start: UInt64
    let end: UInt64
    let neighbours: Neighbours
}

/// Where an error was thrown.
enum ThrowSite {
    /// Addresses whose meaning has been recorded.
    private static let recorded = Guarded<Set<UInt64>>([])

    /// Return addresses, innermost first; none where the throw was not noted.
    static func addresses(_ box: UnsafeRawPointer) -> [UInt64] {
        guard let noted = pooltrace_throws_find(box), let frames = noted.pointee.frames else { return [] }
        return Array(UnsafeBufferPointer(start: frames, count: Int(noted.pointee.frames_length)))
    }

    /// What the compiler calls a function that it says is inlined where a trap is, followed by the reason.
    private static let trapReason = "Swift runtime failure: "

    /// Why the program traps at an address: `arithmetic overflow`; `nil` if that is unknown.
    static func trap(at address: UInt64) -> String? {
        SymbolTable.shared.frames(at: address).first { $0.function.hasPrefix(trapReason) }
            .map { String($0.function.dropFirst(trapReason.count)) }
    }

    /// What an address means, the function inlined deepest first; recorded the first time.
    static func frames(at address: UInt64) -> [Failure.Frame] {
        let symbols = SymbolTable.shared.frames(at: address).filter {
            !OwnFrames.contains($0) && !$0.function.hasPrefix(trapReason)
        }
        if pooltrace_is_recording(), recorded.withLock({ $0.insert(address).inserted }) {
            for (depth, symbol) in symbols.enumerated() {
                pooltrace_record_frame(
                    pooltrace_clock_now(), address, UInt32(depth), symbol.line, TextLimit.cut(symbol.function),
                    TextLimit.cut(symbol.file), TextLimit.cut(symbol.module, to: TextLimit.short))
            }
        }
        return symbols.map {
            Failure.Frame(function: TextLimit.cut($0.function), file: TextLimit.cut($0.file), line: $0.line)
        }
    }
}
