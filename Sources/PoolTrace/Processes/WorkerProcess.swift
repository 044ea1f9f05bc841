import CPoolRecorder
import CPoolWorker
import Glibc
import PoolModel
import PoolRecorder
import Synchronization

/// One worker process, as its pool sees it.
///
/// A request is made and its answers are read by one thread at a time, that of the worker that the process stands
/// behind.
final class WorkerProcess: @unchecked Sendable {
    let number: UInt32
    let process: Int32
    /// Readable when the process has ended.
    let ended: Int32
    /// The watcher's.
    let output: WorkerOutput
    private let ring: WorkerRing?
    private let requests: SharedSink
    private let answers: SharedSink
    private let channel: ChannelPage

    /// The tasks of the request.
    struct Running: Sendable {
        var path: String
        var firstElement: UInt64?
    }

    private let running = Guarded<Running?>(nil)
    /// How it has ended; guarded by a lock that also keeps its ID from being reused while it is killed.
    private let ending = Guarded<WorkerDiedError.Ending?>(nil)
    private let hasDied = Atomic<Bool>(false)
    private let deadline = Guarded<ContinuousClock.Instant?>(nil)
    private var isAwaited = false
    private var memoryKills = pooltrace_memory_kills()
    /// How many tasks it has begun.
    private(set) var tasks = 0

    /// Starts a process, which begins with the request that `start` writes.
    ///
    /// - Throws: `ProcessPoolError.noProcess`.
    static func start(
        pool: String, number: UInt32, _ start: (ByteSink) throws -> Void
    ) throws -> WorkerProcess {
        do {
            let requests = try SharedSink(name: "pooltrace-requests")
            let answers = try SharedSink(name: "pooltrace-answers")
            guard let channel = ChannelPage(descriptor: requests.descriptor) else {
                throw MessageError.noMemory(bytes: Int(POOLTRACE_CHANNEL_BYTES), code: errno)
            }
            channel.magic = UInt64(POOLTRACE_CHANNEL_MAGIC)
            do {
                try start(requests)
                channel.requestBytes = UInt64(requests.count)
                pooltrace_shared_store(channel.request, 1)
                let spawned = ProcessWatch.shared.perform {
                    spawn(pool: pool, number: number, requests, answers, channel)
                }
                return try spawned.get()
            } catch {
                channel.unmap()
                throw error
            }
        } catch let MessageError.noMemory(_, code) {
            throw ProcessPoolError.noProcess(pool: pool, code: code)
        }
    }

    /// On the watcher's thread.
    private static func spawn(
        pool: String, number: UInt32, _ requests: SharedSink, _ answers: SharedSink, _ channel: ChannelPage
    ) -> Result<WorkerProcess, ProcessPoolError> {
        var ends: [Int32] = [-1, -1]
        var problem = pooltrace_worker_pipe(&ends)
        guard problem == 0 else { return .failure(.noProcess(pool: pool, code: problem)) }
        var process: pid_t = 0
        let ring = WorkerRing()
        var ended: Int32 = -1
        var start = pooltrace_spawn(
            requests: requests.descriptor, answers: answers.descriptor, ring: ring?.descriptor ?? -1, error: ends[1])
        problem = pooltrace_worker_spawn(&start, &process, &ended)
        close(ends[1])
        guard problem == 0 else {
            close(ends[0])
            return .failure(.noProcess(pool: pool, code: problem))
        }
        let worker = WorkerProcess(
            number: number, process: process, ended: ended,
            output: WorkerOutput(descriptor: ends[0], pool: pool, number: number), ring, requests, answers, channel)
        ProcessWatch.shared.add(worker)
        return .success(worker)
    }

    private init(
        number: UInt32, process: pid_t, ended: Int32, output: WorkerOutput, _ ring: WorkerRing?,
        _ requests: SharedSink, _ answers: SharedSink, _ channel: ChannelPage
    ) {
        (self.number, self.process, self.ended, self.output) = (number, process, ended, output)
        self.ring = ring
        (self.requests, self.answers, self.channel) = (requests, answers, channel)
        isAwaited = true
    }

    deinit {
        close(ended)
        channel.unmap()
    }

    // MARK: Requests

    /// What became of a request.
    struct Exchange {
        /// The answers, one behind the other, of the first tasks of the request.
        let answers: ByteReader
        let answered: Int
        /// How the process died, if it did; and whether in the middle of the task behind the answered ones.
        let death: WorkerDiedError.Ending?
        let diedInTask: Bool
    }

    /// Where the next request is written, once the last one is answered.
    var sink: ByteSink { requests }

    /// Hands over the request of `count` tasks that was written, and waits until it is done with or the process has
    /// died.
    ///
    /// - Parameter isCancelled: Asked now and then: whether no more of the tasks are to be begun.
    func exchange(
        _ tasks: Running, count: Int, isCancelled: () -> Bool
    ) -> Exchange {
        running.withLock { $0 = tasks }
        defer { running.withLock { $0 = nil } }
        // The order to end stays.
        _ = pooltrace_shared_exchange_if(channel.stop, WorkerChannel.stopTasks, 0)
        pooltrace_shared_store(channel.started, 0)
        pooltrace_shared_store(channel.answered, 0)
        channel.answerBytes = 0
        channel.requestBytes = UInt64(requests.count)
        let number = WorkerChannel.next(pooltrace_shared_load(channel.request))
        isAwaited = true
        WorkerChannel.tell(channel.request, number, sleeps: channel.workerSleeps)
        return receive(count: count, isCancelled: isCancelled)
    }

    /// Waits for the answer to the request of the start.
    func awaitStart() -> Exchange? { isAwaited ? receive(count: 1) { false } : nil }

    private func receive(count: Int, isCancelled: () -> Bool) -> Exchange {
        isAwaited = false
        let request = pooltrace_shared_load(channel.request)
        while !hasDied.load(ordering: .acquiring) {
            let answer = pooltrace_shared_load(channel.answer)
            if answer == request { break }
            WorkerChannel.wait(
                for: channel.answer, toLeave: answer, sleeps: channel.poolSleeps, pause: Self.pause
            ) {
                if isCancelled() { _ = pooltrace_shared_exchange_if(channel.stop, 0, WorkerChannel.stopTasks) }
                return !hasDied.load(ordering: .acquiring)
            }
        }
        let isDead = hasDied.load(ordering: .acquiring)
        let answered = min(count, Int(pooltrace_shared_load(channel.answered)))
        let started = Int(pooltrace_shared_load(channel.started))
        tasks += answered
        guard let bytes = try? answers.written(channel.answerBytes) else { return garbled(started > 0) }
        return Exchange(
            answers: ByteReader(bytes), answered: answered, death: isDead ? waitForEnding() : nil,
            diedInTask: isDead && answered < count && started > answered)
    }

    /// How long a wait lasts before the pool's thread looks around: 20 ms.
    private static let pause: Int64 = 20_000_000

    /// Kills a process whose answers are invalid: that is a death like any other.
    func garbled(_ isInTask: Bool = true) -> Exchange {
        kill()
        return Exchange(
            answers: ByteReader(UnsafeRawBufferPointer(start: nil, count: 0)), answered: 0, death: waitForEnding(),
            diedInTask: isInTask)
    }

    /// Waits until the process has ended.
    @discardableResult
    func waitForEnding() -> WorkerDiedError.Ending {
        while true {
            if let ending = ending.withLock({ $0 }) { return ending }
            let answer = pooltrace_shared_load(channel.answer)
            guard answer != WorkerChannel.died else { continue }
            pooltrace_shared_wait(channel.answer, answer, 1_000_000)
        }
    }

    /// What is known of a death in the middle of `task`.
    ///
    /// - Parameter hasBegun: Whether what the process printed was of that task.
    func error(
        _ ending: WorkerDiedError.Ending, in task: String, reason: String = "", hasBegun: Bool = true
    ) -> WorkerDiedError {
        WorkerDiedError(
            processID: process, ending: ending, task: task, reason: reason.isEmpty ? guess(ending) : reason,
            output: ProcessWatch.shared.perform { [output] in output.lines(of: hasBegun ? task : "") },
            lastEvents: ring?.lastEvents(of: process) ?? [], crash: crash)
    }

    /// How it crashed, once it has ended.
    var crash: WorkerCrash? { WorkerCrash(channel.fault) }

    private func guess(_ ending: WorkerDiedError.Ending) -> String {
        switch ending {
        case .signalled(SIGKILL) where pooltrace_memory_kills() > memoryKills:
            "the kernel has killed processes because memory was full"
        case .signalled(SIGSEGV):
            "a task cannot use globals that are declared in main.swift, which a worker does not run"
        case .exited(let status): "the task, or a function it called, called exit(\(status))"
        default: ""
        }
    }

    /// The task that runs, `main.3[7]`; empty between two.
    var runningTask: String {
        let started = pooltrace_shared_load(channel.started)
        return running.withLock { running in
            guard let running, started > 0 else { return "" }
            guard let first = running.firstElement else { return running.path }
            return "\(running.path)[\(first &+ UInt64(started) &- 1)]"
        }
    }

    // MARK: The end

    /// Tells the process to end once it is done with its request; it is killed if it has not within the limit.
    func end(within limit: Duration) {
        deadline.withLock { $0 = ContinuousClock.now.advanced(by: limit) }
        pooltrace_shared_store(channel.stop, WorkerChannel.end)
        let request = pooltrace_shared_load(channel.request)
        WorkerChannel.tell(channel.request, WorkerChannel.next(request), sleeps: channel.workerSleeps)
        // The watcher counts the time.
        ProcessWatch.shared.order {}
    }

    /// Kills the process, if it has not ended.
    func kill() {
        ending.withLock { if $0 == nil { _ = Glibc.kill(process, SIGKILL) } }
    }

    var hasEnded: Bool { ending.withLock { $0 } != nil }

    /// What is left until it is killed, in milliseconds; `nil` while it is not to end.
    var millisecondsLeft: Int32? {
        deadline.withLock { $0 }.map { deadline in
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            return Int32(clamping: Int64(max(0, left.rounded(.up))))
        }
    }

    /// On the watcher's thread: takes in that the process has ended; whether it has.
    func reap() -> Bool {
        var code: Int32 = 0
        let hasEnded = ending.withLock { ending in
            switch pooltrace_worker_reap(process, &code) {
            case POOLTRACE_WORKER_RUNS: return false
            case POOLTRACE_WORKER_EXITED: ending = .exited(status: code)
            case POOLTRACE_WORKER_SIGNALLED: ending = .signalled(signal: code)
            default: ending = .unknown
            }
            return true
        }
        guard hasEnded else { return false }
        output.finish(of: self)
        hasDied.store(true, ordering: .releasing)
        pooltrace_shared_store(channel.answer, WorkerChannel.died)
        pooltrace_shared_wake(channel.answer)
        return true
    }
}
