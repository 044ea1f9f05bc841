import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// The worker processes of one pool, behind its threads: thread 1 has slot 1, and so on.
///
/// Tasks hold it, so the processes live until the last task has ended, and are told to end when it goes.
final class WorkerHost: Sendable {
    private let slots: [WorkerSlot]

    /// Starts the processes; they begin their work on their own.
    ///
    /// - Throws: `ProcessPoolError.noProcess`, with no process left behind.
    init(pool: String, workers: Int, configuration: ProcessPoolConfiguration) throws {
        _ = WorkerExit.hook
        slots = (1...max(1, workers)).map {
            WorkerSlot(pool: pool, number: UInt32($0), configuration: configuration)
        }
        do {
            for slot in slots { try slot.ready() }
        } catch {
            for slot in slots { slot.terminate() }
            throw error
        }
    }

    deinit { end() }

    /// Has the processes recorded as `core`'s workers.
    func record(in core: PoolCore) {
        core.forEachWorker { worker in
            guard worker.number >= 1, worker.number <= slots.count else { return }
            let (pool, id, number) = (core.number, worker.id, worker.number)
            slots[Int(worker.number) - 1].tell { process in
                pooltrace_record_worker_start(pooltrace_clock_now(), pool, id, number, UInt32(bitPattern: process))
            }
        }
    }

    /// The slot behind the pool's worker that the calling thread is.
    func slot(of worker: Worker) -> WorkerSlot { slots[(Int(worker.number) - 1) % slots.count] }

    /// Tells the processes to end.
    func end() { for slot in slots { slot.end() } }

    /// Waits until the processes have ended, after `end`.
    func waitUntilEnded() {
        for slot in slots { slot.waitUntilEnded() }
        // The watcher has reported the last death before it lets go of that process, and so of its descriptors.
        ProcessWatch.shared.perform {}
    }

    /// Kills the processes.
    func terminate() { for slot in slots { slot.terminate() } }
}

/// The end of the pool's process: idle workers are told to end by themselves, so that what they record has an end.
enum WorkerExit {
    static let hook: Void = Recorder.atExit {
        let workers = ProcessWatch.shared.perform { ProcessWatch.shared.living }
        for worker in workers { worker.end(within: patience) }
        let deadline = ContinuousClock.now.advanced(by: patience)
        while ContinuousClock.now < deadline, workers.contains(where: { !$0.hasEnded }) { usleep(1000) }
    }

    /// Those that are in the middle of a task are killed by the kernel as this process ends.
    private static let patience = Duration.milliseconds(200)
}
