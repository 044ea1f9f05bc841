import CPoolRecorder
import PoolModel

/// What is known of the jobs that Swift hands to a pool.
///
/// Only a job's description tells in public which async task it goes on with. The runtime has a function for the same
/// number, and keeps a job's kind and a task's end at fixed places: each is compared, once in a process, with what a
/// task of PoolTrace says and does. What does not hold there is not used: the segments of a task are then tasks of
/// their own, and all the same run.
struct AsyncIdentity: Sendable {
    /// The numbers of async tasks are those of the descriptions.
    var knowsTasks = false
    /// A job that only makes a task go on after it yielded is told from others.
    var knowsYields = false
    /// The end of a task that the pool did not wrap is seen, and whether its memory is its parent's.
    var knowsEnds = false
    /// Where every task begins that a closure is made into; 0: not known.
    var beginning: UInt = 0

    static let current: AsyncIdentity = {
        // On a thread of its own: this one may be in the middle of a task of Swift's.
        let found = Guarded(AsyncIdentity())
        let parker = Parker()
        parker.prepare()
        let isStarted = BackgroundThread.start(name: "async-identity") {
            found.withLock { $0 = AsyncIdentity.probe() }
            parker.signal()
        }
        guard isStarted else { return AsyncIdentity() }
        _ = parker.waitHere()
        return found.withLock { $0 }
    }()

    private final class Probe: TaskExecutor {
        private let jobs = Guarded<[UnownedJob]>([])

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            jobs.withLock { $0.append(job) }
        }

        func next() -> UnownedJob? { jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() } }

        /// Runs what is queued; the jobs, what the runtime calls their tasks, and their flags, before they ran.
        func run(_ look: (UnownedJob, UnsafeMutableRawPointer) -> Void) {
            while let job = next() {
                look(job, job.address)
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
    }

    private static func probe() -> AsyncIdentity {
        let probe = Probe()
        let continuation = Guarded<UnsafeContinuation<Void, Never>?>(nil)
        let task = Task(executorPreference: probe) {
            await Task.yield()
            async let child: Void = {}()
            await child
            await withUnsafeContinuation { waiting in continuation.withLock { $0 = waiting } }
        }
        // A task's handle is a pointer to it.
        let address = unsafeBitCast(task, to: UnsafeMutableRawPointer.self)
        let beginning = pooltrace_async_resume(address)
        var (areNamed, own, yields, children, hasBeginning) = (true, 0, 0, 0, true)
        func look(_ job: UnownedJob, _ bits: UnsafeMutableRawPointer) {
            if own > 0, bits == address, pooltrace_async_resume(bits) == beginning { hasBeginning = false }
            let id = pooltrace_async_id(bits)
            // Of what is no task the description says nothing.
            let name = job.description.drop { $0 != "(" }
            if id != 0, name != "(id: \(id))" { areNamed = false }
            let kind = pooltrace_async_flags(bits) & 0xFF
            if bits == address {
                own += 1
            } else if id == 0, kind == UInt32(POOLTRACE_JOB_YIELDED) {
                yields += 1
            } else if id != 0, pooltrace_async_flags(bits) & POOLTRACE_JOB_ASYNC_LET != 0 {
                children += 1
            }
            if pooltrace_async_flags(address) & POOLTRACE_JOB_ASYNC_LET != 0 { children = .max }
        }
        probe.run(look)
        let early = pooltrace_async_is_complete(address)
        guard let waiting = continuation.withLock({ $0 }) else { return AsyncIdentity() }
        waiting.resume()
        probe.run(look)
        let late = pooltrace_async_is_complete(address)
        let knowsTasks = areNamed && own >= 2 && pooltrace_async_id(address) != 0
        return AsyncIdentity(
            knowsTasks: knowsTasks, knowsYields: knowsTasks && yields == 1,
            knowsEnds: knowsTasks && !early && late && children == 1,
            beginning: knowsTasks && hasBeginning ? beginning : 0)
    }
}

extension UnownedJob {
    /// Where the job lies: the one word that this value is.
    var address: UnsafeMutableRawPointer { unsafeBitCast(self, to: UnsafeMutableRawPointer.self) }

    /// The job at an address.
    init(address: UnsafeMutableRawPointer) { self = unsafeBitCast(address, to: UnownedJob.self) }
}
