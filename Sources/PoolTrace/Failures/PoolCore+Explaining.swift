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
        // A fault is told of by another thread than its own.
        let fault = thrown as? Fault
        let remote = thrown as? RemoteThrow
        let error = remote?.error ?? thrown
        let box = unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)
        let addresses =
            remote.map { RemoteFrames.addresses(of: $0.frames) } ?? fault?.addresses ?? ThrowSite.addresses(box)
        let ancestors = job.parentNode.ancestors
        let neighbours = Neighbours.others(than: worker, at: now)
        let failure = Failure(
            number: 0, sameBefore: 0, path: TextLimit.cut(job.path.description, to: TextLimit.short),
            name: Recorder.name(job.name), site: Recorder.knownSite(job.site), pool: number, poolName: name,
            worker: worker.number, input: input(configuration.inputs),
            type: TextLimit.cut(
                remote?.type ?? fault?.signal ?? TypeName.of(type(of: error)), to: TextLimit.type),
            message: TextLimit.cut(remote?.message ?? TaskFailure.message(of: error)),
            frames: remote?.frames ?? addresses.flatMap(ThrowSite.frames),
            ancestors: ancestors.map {
                Failure.Ancestor(name: Recorder.name($0.name), site: Recorder.knownSite($0.site))
            },
            beside: neighbours.described, besideOmitted: neighbours.omitted,
            start: Recorder.sinceStart(start),
            queueWait: pooltrace_clock_nanoseconds(job.submitted, max(job.submitted, start)),
            runTime: pooltrace_clock_nanoseconds(start, max(start, now)))
        return FailureRegistry.add(failure, error: error) { failure in
            guard pooltrace_is_recording() else { return }
            Self.record(
                failure, job: job, worker: worker.id, error: UInt64(UInt(bitPattern: box)), addresses: addresses,
                ancestors: ancestors, neighbours: neighbours)
        }
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
        let box = unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)
        let addresses = ThrowSite.addresses(box)
        let ancestors = job.parentNode.ancestors
        let failure = Failure(
            number: 0, sameBefore: 0,
            path: TextLimit.cut(job.path.description, to: TextLimit.short),
            name: Recorder.name(job.name), site: Recorder.knownSite(job.site), pool: pool, poolName: poolName,
            worker: 0, input: input, type: TextLimit.cut(TypeName.of(type(of: error)), to: TextLimit.type),
            message: TextLimit.cut(TaskFailure.message(of: error)), frames: addresses.flatMap(ThrowSite.frames),
            ancestors: ancestors.map {
                Failure.Ancestor(name: Recorder.name($0.name), site: Recorder.knownSite($0.site))
            },
            beside: [], start: Recorder.sinceStart(job.submitted), queueWait: 0, runTime: 0)
        return FailureRegistry.add(failure, error: error) { failure in
            guard pooltrace_is_recording() else { return }
            record(
                failure, job: job, worker: 0, error: 0, addresses: addresses, ancestors: ancestors,
                neighbours: Neighbours())
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

/// Where an error was thrown.
enum ThrowSite {
    /// Addresses whose meaning has been recorded.
    private static let recorded = Guarded<Set<UInt64>>([])

    /// Return addresses, innermost first; none where the throw was not noted.
    static func addresses(_ box: UnsafeRawPointer) -> [UInt64] {
        guard let noted = pooltrace_throws_find(box), let frames = noted.pointee.frames else { return [] }
        return Array(UnsafeBufferPointer(start: frames, count: Int(noted.pointee.frames_length)))
    }

    /// The folder of this module's sources: our own frames between the task's body and its pool explain nothing.
    private static let ownSources = String(#filePath.dropLast("Failures/PoolCore+Explaining.swift".count))

    /// Functions of ours that the compiler puts into the program, between a task's body and its pool.
    private static let ownFunctions = [
        "Future.takeAndRunBody()", "InputFuture.takeAndRunInputBody()", "in ThreadPool.submit(",
        "ThreadPool.both(", "ThreadPool.join(_:_:)", "Fork.runFrame(", "withUnsafePointer(to:_:)",
        "in ThreadPool.mapElements(", "in ThreadPool.mapAsync(", "in ThreadPool.execute(each:",
        "in ProcessTaskCode.init(of:", "runJobInEstablishedExecutorContext",
        "swift_job_run",
        "UnownedJob.runSynchronously(on:)",
    ]

    /// What the compiler calls a function that it says is inlined where a trap is, followed by the reason.
    private static let trapReason = "Swift runtime failure: "

    /// Why the program traps at an address: `arithmetic overflow`; `nil` if that is not known.
    static func trap(at address: UInt64) -> String? {
        SymbolTable.shared.frames(at: address).first { $0.function.hasPrefix(trapReason) }
            .map { String($0.function.dropFirst(trapReason.count)) }
    }

    /// What an address means, the function inlined deepest first; recorded the first time.
    static func frames(at address: UInt64) -> [Failure.Frame] {
        let symbols = SymbolTable.shared.frames(at: address).filter { symbol in
            // What the compiler made of our functions in the program has no file.
            !symbol.file.hasPrefix(ownSources) && !symbol.function.hasPrefix(trapReason)
                && !(symbol.file.isEmpty && ownFunctions.contains(where: symbol.function.contains))
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
