import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// What a new thread is handed, and its life.
final class ThreadLaunch: Sendable {
    private let thread: TracedThread
    private let task: ThreadTask
    private let worker: Worker
    private let body: Guarded<(@Sendable () throws -> Void)?>
    /// Who starts it sleeps here until it runs: then it has its numbers.
    private let starter = Parker()

    init(thread: TracedThread, task: ThreadTask, worker: Worker, body: @escaping @Sendable () throws -> Void) {
        (self.thread, self.task, self.worker) = (thread, task, worker)
        self.body = Guarded(body)
    }

    /// Starts the thread and waits until it runs.
    ///
    /// - Returns: The `errno` of the failure, 0 if there was none.
    func start(stackSize: Int) -> Int32 {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        let own = Unmanaged.passRetained(self)
        var id = pthread_t()
        pooltrace_starts_own_thread(true)
        let status = pthread_create(
            &id, &attributes,
            { launch in
                guard let launch else { return nil }
                Unmanaged<ThreadLaunch>.fromOpaque(launch).takeRetainedValue().main()
                return nil
            }, own.toOpaque())
        pooltrace_starts_own_thread(false)
        guard status == 0 else {
            own.release()
            return status
        }
        Scheduling.waitingPatiently { _ = starter.waitHere() }
        return 0
    }

    private func main() {
        pooltrace_thread_set_name(Self.systemName(thread.name))
        RunningThreads.setCurrent(thread)
        thread.state.withLock { state in
            (state.identifier, state.nativeIdentifier) = (UInt(pthread_self()), pooltrace_thread_id())
            state.isToBeReaped = true
        }
        let core = RunningThreads.core
        pooltrace_record_worker_start(
            pooltrace_clock_now(), core.number, worker.id, worker.number, pooltrace_thread_id())
        let strand = Scheduling.threadStarts(
            Strand.Run(job: task.job, core: core, worker: worker), isDaemon: thread.isDaemon)
        _ = task.claim()
        starter.signal()
        strand?.waitToBegin()
        RaceDetection.run(task.job.task, of: core, on: worker) { run(of: core, as: strand) }
        strand?.threadEnds()
    }

    /// Runs the task, and reports the thread's end.
    private func run(of core: PoolCore, as strand: Strand?) {
        let ending = core.perform(
            task.job, on: worker, awaitable: Unmanaged.passUnretained(task), input: { _ in nil },
            body: {
                // Released inside the task, like everything that the thread does.
                let body = self.body.withLock { $0.take() }
                try body?()
            })
        RunningThreads.destroyThreadLocals()
        Scheduling.didRun(task.job.task)
        pooltrace_record_worker_end(pooltrace_clock_now(), worker.id)
        RunningThreads.remove(thread, worker)
        strand?.comesToEnd()
        task.finish(ending)
    }

    /// As much of a name as the kernel takes.
    private static func systemName(_ name: String) -> String {
        var short = String(name.prefix(15))
        while short.utf8.count > 15 { short.removeLast() }
        return short
    }
}
