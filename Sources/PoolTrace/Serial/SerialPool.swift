/// What serial mode keeps of a pool.
struct SerialPool {
    /// Workers that no task has now; only the holder of the baton touches them.
    var idle: [Worker] = []
    /// Whether the worker that the pool began with has been given out.
    var hasFirst = false
    /// How many tasks are in the middle and do not wait; guarded by the baton's monitor.
    var busy = 0
    /// Jobs that were picked while no worker was free; guarded by the baton's monitor.
    var aside: [ReadyJobs.Next] = []
}
