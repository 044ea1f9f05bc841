/// What serial mode keeps of a pool: beside it, so that it moves nothing of what parallel workers share.
final class SerialPool: @unchecked Sendable {
    /// Workers that no task has now, the last apart from the others; only the holder of the baton touches them.
    private var last: Worker?
    private var idle: [Worker] = []
    /// Whether the worker that the pool began with has been given out.
    var hasFirst = false
    /// How many tasks are in the middle and do not wait; guarded by the baton's monitor.
    var busy = 0
    /// Jobs that were picked while no worker was free; guarded by the baton's monitor.
    var aside: [ReadyJobs.Next] = []

    func takeIdle() -> Worker? { last.take() ?? idle.popLast() }

    func giveBack(_ worker: Worker) {
        if let last { idle.append(last) }
        last = worker
    }
}
