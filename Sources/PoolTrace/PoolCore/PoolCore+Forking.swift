import CPoolRecorder
import PoolRecorder
import Synchronization

extension PoolCore {
    func makeFork(
        name: TaskName?, at site: CallSite
    ) -> Unmanaged<Fork>? {
        guard TaskContext.currentInPool != nil else { return nil }
        let worker = Worker.current(of: self)
        guard worker != nil || Scheduling.poolsShareThread else { return nil }
        let job = Job.newChild(.future, name: name?.id ?? 0, site: site.number)
        return worker?.forks.take(job, in: self) ?? Fork.make(job, in: self)
    }

    func start(_ fork: Unmanaged<Fork>) {
        fork._withUnsafeGuaranteedRef {
            guard takesTasks else {
                refuse($0)
                return fork.release()
            }
            $0.job.recordSubmission(to: number)
            if hooks != nil { wrap($0) }
            var ticket = $0.job
            ticket.context = UInt(bitPattern: fork.toOpaque())
            enqueue(ticket)
        }
    }

    func wait(for fork: Unmanaged<Fork>) throws -> Bool {
        try fork._withUnsafeGuaranteedRef {
            guard let worker = Worker.current(of: self),
                worker.deque.pop(ifFor: UInt(bitPattern: fork.toOpaque()))
            else {
                try $0.wait(timeout: nil)
                return false
            }
            run($0, takenBackBy: worker)
            if $0.result.isStored, hooks == nil { return true }
            // The ticket's reference.
            fork.release()
            return false
        }
    }

    /// Runs a fork that no other thread has known.
    private func run(_ fork: Fork, takenBackBy worker: Worker) {
        if configuration.queueLimit != nil { makeSpace() }
        let task = fork.job.task
        let waiter = pooltrace_is_recording() ? Submitter.currentTask : 0
        if pooltrace_is_recording() { pooltrace_record_wait_start(pooltrace_clock_now(), waiter, task) }
        worker.lastStamp = 0
        if isCancelling.load(ordering: .relaxed) {
            fork.cancel(on: worker)
        } else {
            fork.claimUnshared()
            run(fork, on: worker)
        }
        if pooltrace_is_recording() { pooltrace_record_wait_end(pooltrace_clock_now(), waiter, task) }
        worker.countCompleted()
    }

    func giveBack(_ fork: Unmanaged<Fork>, isOnlyOurs: Bool) {
        if isOnlyOurs, let worker = Worker.current(of: self) { worker.forks.keep(fork) } else { fork.release() }
    }
}
