import CPoolRecorder
import PoolModel

/// A task while it runs: on the stack of the thread that runs it, found through `pooltrace_current()` and, by other workers that explain a
/// failure, through `Worker.current`.
struct TaskContext {
    /// Who it is.
    ///
    /// The parent is kept alive by whoever runs the task.
    let job: Job
    let start: UInt64
    let worker: Unmanaged<Worker>
    let core: Unmanaged<PoolCore>
    /// The future or map that ends with it, for the search for cycles of waits.
    let awaitable: Unmanaged<Awaitable>?
    /// The task below on the same stack, which waits for this one.
    let outer: UnsafeMutablePointer<TaskContext>?
    /// Made when it first submits something.
    var node: TaskNode?
    /// How many children it has submitted.
    var children: UInt32 = 0

    /// The task that runs on this thread, if one does.
    static var current: UnsafeMutablePointer<TaskContext>? {
        pooltrace_current().pointee.context?.assumingMemoryBound(to: TaskContext.self)
    }

    var path: TaskPath {
        TaskNode.path(parent: job.parentNode, ordinal: job.ordinal, index: job.index)
    }
}

// MARK: - Submitting

/// Who submits: the running task, or the root of a thread outside the pools.
struct Submitter {
    /// The submitter's node, as bits for a job to own.
    let parent: UInt
    let task: UInt64
    /// The new child's place among its children.
    let ordinal: UInt32

    /// Counts one more child of whoever runs on this thread.
    static func nextChild() -> Submitter {
        guard let context = TaskContext.current else {
            let state = ThreadState.current
            state.children &+= 1
            return Submitter(parent: state.root.retainedBits, task: state.root.task, ordinal: state.children)
        }
        let node: TaskNode
        if let known = context.pointee.node {
            node = known
        } else {
            node = TaskNode(job: context.pointee.job)
            context.pointee.node = node
        }
        context.pointee.children &+= 1
        return Submitter(parent: node.retainedBits, task: node.task, ordinal: context.pointee.children)
    }

    /// The number of whoever runs on this thread, without counting a child.
    static var currentTask: UInt64 {
        TaskContext.current?.pointee.job.task ?? ThreadState.current.root.task
    }
}
