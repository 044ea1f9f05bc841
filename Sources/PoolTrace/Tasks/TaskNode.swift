import PoolModel

/// A task that others descend from: made when it first submits something, kept as long as a descendant or its own run
/// needs it.
///
/// Jobs hold a node as bits: the lowest bit marks an immortal one (the main thread's), which is never counted, since a
/// count shared by the submitter and every worker costs more than the rest of a submit.
final class TaskNode: @unchecked Sendable {
    static let noIndex = UInt64.max
    /// How many generations a path names: a task that goes on by submitting itself would otherwise keep every one
    /// before it.
    private static let maximumDepth = 1000

    /// The task's number.
    let task: UInt64
    /// The submitter's node; `nil` for a root.
    ///
    /// Written at the start and the end of the node's life alone.
    private(set) var parent: TaskNode?
    /// How many generations are above.
    private let depth: Int
    /// A root's text.
    let root: String
    let ordinal: UInt32
    let index: UInt64
    let name: UInt32
    let site: UInt32
    let isImmortal: Bool

    /// A root.
    ///
    /// - Parameter task: Its number, if it stands for a task of another process.
    init(root: String, task: UInt64? = nil, isImmortal: Bool = false) {
        self.task = task ?? TaskID.root(root)
        parent = nil
        depth = 0
        self.root = root
        ordinal = 0
        index = Self.noIndex
        name = 0
        site = 0
        self.isImmortal = isImmortal
    }

    /// The node of a task that was submitted.
    init(job: Job) {
        task = job.task
        let depthAbove = Unmanaged<TaskNode>.fromOpaque(job.parentPointer)._withUnsafeGuaranteedRef { $0.depth }
        let isTooDeep = depthAbove >= Self.maximumDepth
        depth = isTooDeep ? 0 : depthAbove + 1
        parent = isTooDeep ? nil : job.parentNode
        // The number of a task does not depend on how much of its path is kept.
        root = isTooDeep ? "deep" : ""
        ordinal = job.ordinal
        index = job.index
        name = job.name
        site = job.site
        isImmortal = false
    }

    /// A chain of parents is released in a loop: as many calls as generations would not fit a stack.
    deinit {
        var next = parent.take()
        while next != nil, isKnownUniquelyReferenced(&next) { next = next?.parent.take() }
    }

    var path: TaskPath {
        var steps: [TaskPath.Step] = []
        var node = self
        while let parent = node.parent {
            Self.append(node.ordinal, node.index, to: &steps)
            node = parent
        }
        return TaskPath(root: node.root, steps: steps.reversed())
    }

    /// The path of a task: elements hang below their map, which is no node of its own.
    static func path(parent: TaskNode, ordinal: UInt32, index: UInt64) -> TaskPath {
        let above = parent.path
        var steps: [TaskPath.Step] = []
        append(ordinal, index, to: &steps)
        return TaskPath(root: above.root, steps: above.steps + steps.reversed())
    }

    /// Adds a task's steps, innermost first.
    private static func append(_ ordinal: UInt32, _ index: UInt64, to steps: inout [TaskPath.Step]) {
        if index != noIndex { steps.append(.element(index)) }
        // An async main has its root's path.
        if ordinal != 0 { steps.append(.child(ordinal)) }
    }

    /// This task and those above it, without the root, nearest first.
    var ancestors: [TaskNode] {
        var nodes: [TaskNode] = []
        var node = self
        while let parent = node.parent {
            nodes.append(node)
            node = parent
        }
        return nodes
    }
}

// MARK: - As bits of a job

extension TaskNode {
    /// The node as bits that own no reference.
    var unownedBits: UInt {
        UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()) | (isImmortal ? 1 : 0)
    }

    static func from(bits: UInt) -> TaskNode {
        Unmanaged<TaskNode>.fromOpaque(pointer(bits: bits)).takeUnretainedValue()
    }

    static func pointer(bits: UInt) -> UnsafeRawPointer {
        // The bits are never zero: every job has a parent.
        UnsafeRawPointer(bitPattern: bits & ~1)!
    }

    /// One more reference to the same node.
    static func retain(bits: UInt) {
        if bits & 1 == 0 { _ = Unmanaged<TaskNode>.fromOpaque(UnsafeRawPointer(bitPattern: bits)!).retain() }
    }

    static func release(bits: UInt) {
        if bits & 1 == 0 { Unmanaged<TaskNode>.fromOpaque(UnsafeRawPointer(bitPattern: bits)!).release() }
    }
}
