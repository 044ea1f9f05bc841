import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// The place of one worker of a pool of processes, where one process follows another.
///
/// Its pool's thread of the same number hands it requests, and nobody else; `process` is guarded for those who end the
/// pool.
final class WorkerSlot: Sendable {
    private let pool: String
    private let number: UInt32
    private let configuration: ProcessPoolConfiguration
    private let process = Guarded<WorkerProcess?>(nil)
    /// The pool's workers were killed, and no more are started.
    private let isTerminated = Atomic<Bool>(false)
    /// Called with each new process.
    private let hasStarted = Guarded<(@Sendable (Int32) -> Void)?>(nil)

    /// How many processes in a row may die before they have begun anything.
    private static let maximumFalseStarts = 10
    /// How long a process may take to end when told to.
    static let patience = Duration.seconds(2)

    init(pool: String, number: UInt32, configuration: ProcessPoolConfiguration) {
        (self.pool, self.number, self.configuration) = (pool, number, configuration)
    }

    /// Starts a process, if there is none.
    ///
    /// - Throws: `ProcessPoolError.noProcess`.
    @discardableResult
    func ready() throws -> WorkerProcess {
        if let process = process.withLock({ $0 }), !process.hasEnded { return process }
        let started = try WorkerProcess.start(pool: pool, number: number) { sink in
            try WorkerStart.write(pool: pool, number: number, initializer: configuration.initializer, to: sink)
        }
        process.withLock { $0 = started }
        if isTerminated.load(ordering: .sequentiallyConsistent) { started.kill() }
        hasStarted.withLock { $0 }?(started.process)
        return started
    }

    /// Has `body` called with the number of each process, first the one that there is.
    func tell(_ body: @escaping @Sendable (Int32) -> Void) {
        hasStarted.withLock { $0 = body }
        if let process = process.withLock({ $0 }) { body(process.process) }
    }

    /// Hands a request over to the process, and to the next one as long as nothing of it was begun.
    ///
    /// - Parameters:
    ///   - tasks: Who the tasks are, for what the worker prints.
    ///   - write: Writes the request, of at most this many tasks; says how many it has.
    ///   - isCancelled: Asked now and then: whether no more of the tasks are to be begun.
    ///   - take: Takes the answers; a `MessageError` that it throws is a fault of the worker's, and ends that.
    /// - Returns: The error of the task behind the answered ones, if the process died in the middle of it.
    func exchange(
        _ tasks: WorkerProcess.Running, write: (ByteSink, Int) throws -> Int, isCancelled: () -> Bool,
        take: (inout ByteReader, Int) throws -> Void
    ) throws -> WorkerDiedError? {
        // The process measures itself, as the same worker.
        pooltrace_time_stop()
        var falseStarts = 0
        while true {
            let process = try ready()
            let task = tasks.firstElement.map { "\(tasks.path)[\($0)]" } ?? tasks.path
            if let start = process.awaitStart() {
                try checkStart(start, of: process)
                if let death = start.death {
                    falseStarts += 1
                    let reason =
                        isTerminated.load(ordering: .acquiring) ? "the pool was terminated" : "the task had not started"
                    guard falseStarts < Self.maximumFalseStarts, !isTerminated.load(ordering: .acquiring) else {
                        return process.error(death, in: task, reason: reason, hasBegun: false)
                    }
                    continue
                }
            }
            process.sink.count = 0
            let left = configuration.maximumTasksPerWorker.map { max(1, $0 - process.tasks) }
            let count = try write(process.sink, left ?? .max)
            var exchange = process.exchange(tasks, count: count, isCancelled: isCancelled)
            do {
                var answers = exchange.answers
                try take(&answers, exchange.answered)
            } catch let error as MessageError {
                exchange = process.garbled()
                guard let death = exchange.death else { throw error }
                return process.error(death, in: task, reason: "its answer is invalid: \(error)")
            } catch {
                replaceIfSpent(process)
                throw error
            }
            guard let death = exchange.death else {
                replaceIfSpent(process)
                return nil
            }
            if exchange.diedInTask {
                let held = tasks.firstElement.map { "\(tasks.path)[\($0 &+ UInt64(exchange.answered))]" } ?? tasks.path
                let reason = isTerminated.load(ordering: .acquiring) ? "the pool was terminated" : ""
                return process.error(death, in: held, reason: reason)
            }
            if exchange.answered > 0 { return nil }
            falseStarts += 1
            if falseStarts >= Self.maximumFalseStarts || isTerminated.load(ordering: .acquiring) {
                return process.error(death, in: task, reason: "the task had not started", hasBegun: false)
            }
        }
    }

    private func checkStart(_ start: WorkerProcess.Exchange, of process: WorkerProcess) throws {
        guard start.death == nil, let initializer = configuration.initializer else { return }
        do {
            var reader = start.answers
            try Answer(&reader).throwFailure()
        } catch let error as RemoteThrow {
            process.end(within: Self.patience)
            self.process.withLock { $0 = nil }
            let failed = ProcessPoolError.initializerFailed(type: initializer.displayName, message: error.message ?? "")
            throw RemoteThrow(
                error: failed, type: String(reflecting: ProcessPoolError.self), message: failed.description,
                frames: error.frames)
        }
    }

    private func replaceIfSpent(_ process: WorkerProcess) {
        guard let most = configuration.maximumTasksPerWorker, process.tasks >= most else { return }
        process.end(within: Self.patience)
        self.process.withLock { $0 = nil }
        // The next one starts up meanwhile; if it cannot, the next request says so.
        if !isTerminated.load(ordering: .acquiring) { _ = try? ready() }
    }

    // MARK: The end

    /// Tells the process to end.
    func end() { process.withLock { $0 }?.end(within: Self.patience) }

    /// Waits until the process has ended, after `end`, and lets go of what it shared.
    func waitUntilEnded() { process.withLock { $0.take() }?.waitForEnding() }

    /// Kills the process; no other is started that lives.
    func terminate() {
        isTerminated.store(true, ordering: .sequentiallyConsistent)
        process.withLock { $0 }?.kill()
    }
}
