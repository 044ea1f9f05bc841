import CPoolRecorder
import PoolModel
import PoolRecorder

extension Job {
    /// A new child of the caller, which is the task that runs on this thread or, outside of tasks, the thread's root.
    ///
    /// Counts the child and takes the stamp of its submission. `recordSubmission` records it.
    @inline(__always)
    static func newChild(_ kind: Kind, name: UInt32, site: UInt32) -> Job {
        let submitter = Submitter.nextChild()
        return Job(
            parent: submitter.parent, task: TaskID.child(of: submitter.task, ordinal: submitter.ordinal),
            ordinal: submitter.ordinal, name: name, site: site, kind: kind, submitted: pooltrace_clock_now(),
            index: TaskNode.noIndex)
    }

    /// Records the submission, under the stamp that the job was made with.
    ///
    /// Called once, before anything else is recorded on this thread and before another thread can see the job: the
    /// events of a thread are in the order of their stamps, and a task is submitted before it starts. A task that is
    /// refused was submitted, too.
    ///
    /// - Parameter pool: The number of the pool; 0 for a task that no pool runs.
    @inline(__always)
    func recordSubmission(to pool: UInt32) {
        guard pooltrace_is_recording() else { return }
        pooltrace_record_task_submit(
            submitted, task, parentTask, ordinal, Recorder.intern(originInPool: pool, site: site, name: name))
    }

    /// The number of the task that submitted it.
    private var parentTask: UInt64 {
        Unmanaged<TaskNode>.fromOpaque(parentPointer)._withUnsafeGuaranteedRef { $0.task }
    }
}
