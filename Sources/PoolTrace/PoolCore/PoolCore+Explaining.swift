import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder

// A task has failed: what explains it is gathered here, on the worker, while the task's context is still there. Nothing
// is described here, which would hold the worker: see `FailureDescriber`.
extension PoolCore {
    func explain(
        _ thrown: any Error, of job: Job, started start: UInt64, at now: UInt64, on worker: Worker, input: TaskInput?
    ) -> TaskFailure {
        let run = FailedTask.Run(
            worker: worker, start: start, end: now, neighbours: Neighbours.others(than: worker, at: now))
        return FailureDescriber.add(
            FailedTask(
                thrown, of: job, run: run, pool: number, poolName: name, input: input,
                inputPolicy: configuration.inputs))
    }

    /// A task that the pool did not take, since it is closed or broken unless an error says why, explained like any
    /// other failure.
    func refusal(of job: Job, _ error: (any Error)? = nil, input: TaskInput? = nil) -> TaskFailure {
        let failure = FailureDescriber.add(
            FailedTask(
                error ?? refusalError, of: job, run: nil, pool: number, poolName: name, input: input,
                inputPolicy: configuration.inputs))
        if pooltrace_is_recording() {
            pooltrace_record_task_end(pooltrace_clock_now(), job.task, UInt8(POOLTRACE_FAILED.rawValue))
        }
        return failure
    }

    /// The failure of a promise, which belongs to no pool.
    ///
    /// The error may have been thrown, and caught, by the task that runs on this thread.
    static func failure(of job: Job, error: any Error) -> TaskFailure {
        FailureDescriber.add(
            FailedTask(error, of: job, run: nil, pool: 0, poolName: "", input: nil, inputPolicy: .none))
    }

    /// The failure of a task that has made an access which races with another one's.
    ///
    /// - Parameter participant: `nil` for main, and for threads that run no task; `job` stands for them.
    static func failure(
        of job: Job, _ found: FoundRace, _ participant: RaceDetection.Participant?, at now: UInt64
    ) -> TaskFailure {
        let run = participant?.worker.map {
            FailedTask.Run(
                worker: $0, start: participant?.start ?? now, end: now,
                neighbours: Neighbours.others(than: $0, at: now))
        }
        return FailureDescriber.add(
            FailedTask(
                found, race: found, of: job, run: run, pool: participant?.pool ?? 0,
                poolName: participant?.poolName ?? "", input: participant?.input.map { TaskInput($0) },
                inputPolicy: .full))
    }
}
