import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

// A ticket of kind `segment`: `code` is Swift's job, `context` an `AsyncTask` or 0, `index` its `SegmentPlace`. Swift's
// job must be run exactly once, whatever becomes of the pool.
extension PoolCore {
    /// What runs what is no async task: actors, which run the tasks that called them.
    private static let actors = TaskNode(root: "actors", isImmortal: true)
    private static let actorRuns = Atomic<UInt32>(0)
    private static let actorName: TaskName = "actor"

    /// Queues one of Swift's jobs.
    ///
    /// By the thread's lane also on a worker, whose own deque would run the newest first, and never waits for room.
    func enqueue(_ swiftJob: UnownedJob, at place: SegmentPlace) {
        let address = swiftJob.address
        let identity = AsyncIdentity.current
        let task = identity.knowsTasks ? AsyncTask.of(address, in: self) : nil
        var ticket = Job(
            code: UInt(bitPattern: address), context: 0, parent: Self.actors.unownedBits, task: 0, ordinal: 0, name: 0,
            site: 0, kind: .segment, submitted: 0, index: place.bits)
        if let task {
            task.queued.wrappingAdd(1, ordering: .releasing)
            ticket.context = UInt(bitPattern: Unmanaged.passRetained(task).toOpaque())
            (ticket.parent, ticket.task) = (task.job.parent, task.job.task)
            ticket.priority = Scheduling.priority(ofSegmentAt: place)
        } else {
            // A strategy, and a schedule, know it by the task whose doing it is.
            ticket.task = AsyncTask.currentNumber
            if identity.knowsYields, pooltrace_async_flags(address) & 0xFF == UInt32(POOLTRACE_JOB_YIELDED) {
                if Scheduling.yields(swiftJob, at: place) { return }
                // Behind everything else, as the one that yields wants it: it may wait for any of that.
                ticket.priority = .low
            }
        }
        if ticket.priority == .low { later.push(ticket) } else { lane().push(ticket) }
        scheduleSegment(isFirst: task?.queued.load(ordering: .relaxed) == 1)
        if isDead.load(ordering: .relaxed) { refuseLeftovers() }
    }

    /// Runs a ticket, and gives up what it owns.
    func runSegment(_ ticket: Job, on worker: Worker) {
        guard let address = UnsafeMutableRawPointer(bitPattern: ticket.code) else { return }
        let task = UnsafeRawPointer(bitPattern: ticket.context).map {
            Unmanaged<AsyncTask>.fromOpaque($0).takeRetainedValue()
        }
        run(UnownedJob(address: address), of: task, at: SegmentPlace(bits: ticket.index), on: worker)
    }

    /// Runs a job of Swift's: a segment of a task, an actor, or what makes a task that has yielded go on.
    func run(_ swiftJob: UnownedJob, of task: AsyncTask?, at place: SegmentPlace, on worker: Worker) {
        if let task {
            runSegment(swiftJob, of: task, at: place, on: worker)
        } else if AsyncIdentity.current.knowsYields,
            pooltrace_async_flags(swiftJob.address) & 0xFF == UInt32(POOLTRACE_JOB_YIELDED)
        {
            place.run(swiftJob)
        } else {
            _ = perform(
                actorJob(), on: worker, awaitable: nil, input: { _ in nil }, body: { place.run(swiftJob) })
            if AsyncIdentity.current.knowsEnds { AsyncTask.endUnseenIfFew() }
        }
    }

    /// A ticket's job goes to Swift's own pool.
    func forward(_ ticket: Job) {
        guard let address = UnsafeMutableRawPointer(bitPattern: ticket.code) else { return }
        if let context = UnsafeRawPointer(bitPattern: ticket.context) {
            Unmanaged<AsyncTask>.fromOpaque(context).release()
        }
        globalConcurrentExecutor.enqueue(ExecutorJob(UnownedJob(address: address)))
    }

    /// The pool ends what it has not started: a future's task ends without its body having run, and nothing is run for
    /// it but that.
    func cancelSegment(_ ticket: Job, on worker: Worker) {
        if let context = UnsafeRawPointer(bitPattern: ticket.context) {
            Unmanaged<AsyncTask>.fromOpaque(context)._withUnsafeGuaranteedRef { task in
                if let future = task.awaitable?.takeUnretainedValue() as? AnyFuture {
                    if isBroken.load(ordering: .acquiring), !future.hasStarted {
                        future.fail(refusal(of: future.job, input: future.taskInput))
                    } else {
                        future.cancel(on: worker)
                    }
                } else if task.isOurs {
                    task.cancel()
                }
            }
        }
        runSegment(ticket, on: worker)
    }

    /// Runs one segment of an async task.
    ///
    /// Not inlined: the walk of the stack from a throw ends at this function's frame.
    @inline(never)
    private func runSegment(_ swiftJob: UnownedJob, of task: AsyncTask, at place: SegmentPlace, on worker: Worker) {
        let number = task.job.task
        let ticket = task.queued.load(ordering: .acquiring)
        let start = pooltrace_clock_now()
        startTime(at: start, of: worker)
        if task.start != 0 {
            if pooltrace_is_recording() { pooltrace_record_task_resume(start, number, worker.id) }
        } else if !task.isOurs {
            task.begin(at: start, on: worker)
        }
        // A task that may have ended, and gone, is kept while it is looked at; that of an `async let` lies in its
        // parent, which may have gone on, unless this thread alone runs tasks.
        let isPart = pooltrace_async_flags(swiftJob.address) & POOLTRACE_JOB_ASYNC_LET != 0
        let seesEnd =
            !task.isOurs && AsyncIdentity.current.knowsEnds && (!isPart || Scheduling.poolsShareThread)
        if seesEnd, !isPart { task.holdForSegment(swiftJob) }
        var hasLeft = false
        TaskContext.run(
            task.job, start: start, worker: worker, core: Unmanaged.passUnretained(self), awaitable: task.awaitable,
            asyncTask: task
        ) { context in
            let below = Inspection.enter(worker, showing: context)
            if number == breakTask, task.start == 0 || task.start == start { Breakpoint.reach() }
            RaceDetection.runSegment(of: number) { place.run(swiftJob) }
            Inspection.leave(worker, below: below)
            hasLeft = context.pointee.hasEnded
        }
        let end = pooltrace_clock_now()
        pooltrace_time_ends(end, worker.id)
        worker.lastStamp = TaskContext.current == nil ? end : 0
        // A task that we made has told its own end.
        guard !hasLeft else { return }
        let hasEnded = seesEnd && pooltrace_async_is_complete(swiftJob.address)
        if hasEnded, task.queued.load(ordering: .acquiring) == ticket {
            task.endUnwrapped(at: end)
        } else if pooltrace_is_recording() {
            pooltrace_record_task_suspend(end, number, worker.id)
        }
        guard seesEnd, !isPart else { return }
        if hasEnded { swift_release(swiftJob.address) } else { task.leaveSuspended(swiftJob) }
    }

    /// What an actor's run is called: those of all pools hang below a root of their own, since when they happen is
    /// nobody's doing.
    private func actorJob() -> Job {
        let ordinal = Self.actorRuns.wrappingAdd(1, ordering: .relaxed).newValue
        let job = Job(
            parent: Self.actors.unownedBits, task: TaskID.child(of: Self.actors.task, ordinal: ordinal),
            ordinal: ordinal, name: Self.actorName.id, site: 0, kind: .segment, submitted: pooltrace_clock_now(),
            index: TaskNode.noIndex)
        if ordinal == 1, pooltrace_is_recording() {
            pooltrace_record_root(job.submitted, Self.actors.task, Self.actors.root)
        }
        job.recordSubmission(to: number)
        return job
    }
}
