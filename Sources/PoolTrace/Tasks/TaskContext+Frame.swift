import CPoolRecorder

extension TaskContext {
    /// Makes a task the one that runs on this thread, as long as `body` runs: what tasks, segments and callbacks have
    /// in common.
    ///
    /// Always inlined: the walk of the stack from a throw ends at the frame of the function that calls this. That costs
    /// nothing, and `body` is no function of its own.
    ///
    /// - Parameter body: Is given the context, which is not shown to other threads yet: see `Inspection`.
    @inline(__always)
    static func run(
        _ job: Job, start: UInt64, worker: Worker?, core: Unmanaged<PoolCore>?, awaitable: Unmanaged<Awaitable>?,
        asyncTask: AsyncTask? = nil, _ body: (UnsafeMutablePointer<TaskContext>) -> Void
    ) {
        let current = pooltrace_current()!
        let saved = current.pointee
        // On the stack; not a variable, since other workers look at it while the body runs: see `Inspection`.
        withUnsafeTemporaryAllocation(of: TaskContext.self, capacity: 1) { buffer in
            // There is room for one, so there is an address.
            let context = buffer.baseAddress!
            context.initialize(
                to: TaskContext(
                    job: job, start: start, worker: worker, core: core, awaitable: awaitable,
                    outer: saved.context?.assumingMemoryBound(to: TaskContext.self), asyncTask: asyncTask))
            defer { context.deinitialize(count: 1) }
            current.pointee = pooltrace_current(
                task: job.task, frame: pooltrace_frame_address(), context: context, first_throw: saved.throws,
                throws: saved.throws)
            RaceDetection.note(context)
            body(context)
            if current.pointee.throws != saved.throws { pooltrace_throws_clear(saved.throws) }
            current.pointee = saved
        }
    }
}
