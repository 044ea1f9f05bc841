import CPoolRecorder

/// Who submits: the running task, or the root of a thread outside the pools.
struct Submitter {
    /// The submitter's node, as bits for a job to own.
    let parent: UInt
    let task: UInt64
    /// The new child's place among its children.
    let ordinal: UInt32

    /// Counts one more child of the task on this thread.
    static func nextChild() -> Submitter {
        guard let context = TaskContext.current else {
            let thread = pooltrace_thread()!
            if thread.pointee.root == 0 { ThreadState.makeRoot() }
            thread.pointee.children &+= 1
            TaskNode.retain(bits: thread.pointee.root)
            return Submitter(
                parent: thread.pointee.root, task: thread.pointee.root_task, ordinal: thread.pointee.children)
        }
        return context.nextChild()
    }

    /// The number of the task on this thread, without counting a child.
    static var currentTask: UInt64 {
        if let context = TaskContext.current { return context.pointee.job.task }
        if pooltrace_thread().pointee.root == 0 { ThreadState.makeRoot() }
        return pooltrace_thread().pointee.root_task
    }
}

/// Counts the children that one task submits; its owner keeps the task's node alive, once it is made for the first
/// child.
struct Children {
    /// The node's bits, 0 before there is one.
    private var parent: UInt = 0
    private var task: UInt64 = 0
    private var count: UInt32 = 0

    init() {}

    init(of node: TaskNode, count: UInt32 = 0) { (parent, task, self.count) = (node.unownedBits, node.task, count) }

    var hasParent: Bool { parent != 0 }

    /// Counts one more.
    mutating func next() -> Submitter {
        count &+= 1
        TaskNode.retain(bits: parent)
        return Submitter(parent: parent, task: task, ordinal: count)
    }
}
