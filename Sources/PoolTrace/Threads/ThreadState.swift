import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder
import Synchronization

/// What a thread outside the pools needs to submit and to wait: who it is, its lanes, and the word it parks on.
final class ThreadState {
    /// The root that this thread's submits and waits hang below, once there is one.
    private var root: TaskNode?
    let parker = Parker()
    /// The strand that this thread is, in serial mode.
    var strand: Strand?
    /// The pool whose task runs on top of what this thread waits for, in serial mode.
    ///
    /// Kept alive by what runs there.
    unowned(unsafe) var poolOnTop: PoolCore?
    /// Whether the task that runs on it has used a value of the thread's, as far as races are looked for.
    var isUsed = false
    /// How many steps this thread is in the middle of, each on top of another, in serial mode.
    private(set) var level = 0
    /// The thread ID.
    let thread = pooltrace_own_thread_id()
    /// The lanes that this thread pushes to, each with its pool's number.
    private var lanes: [(core: UInt64, lane: Lane)] = []

    /// How many foreign threads of each name have submitted so far; guarded by the lock.
    private static let foreign = Guarded<[String: UInt32]>([:])
    /// The key whose destructor runs when a thread ends.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { state in
            guard let state else { return }
            let ended = Unmanaged<ThreadState>.fromOpaque(state).takeRetainedValue()
            for (_, lane) in ended.lanes { lane.orphan() }
            SwiftTasks.threadEnds()
            // As before the thread's first submit.
            pooltrace_thread().pointee = .init()
        }
        return key
    }()

    /// The calling thread's state, made on first use.
    static var current: ThreadState {
        if let state = pooltrace_thread().pointee.state {
            return Unmanaged<ThreadState>.fromOpaque(state).takeUnretainedValue()
        }
        return make()
    }

    @inline(never)
    private static func make() -> ThreadState {
        let state = ThreadState()
        let bits = Unmanaged.passRetained(state).toOpaque()
        pthread_setspecific(key, bits)
        pooltrace_thread().pointee.state = bits
        return state
    }

    /// Makes and records the calling thread's root, and shows it in `pooltrace_thread()`.
    @inline(never)
    static func makeRoot() {
        let root = Self.newRoot()
        pooltrace_record_root(pooltrace_clock_now(), root.task, root.root)
        current.root = root
        let thread = pooltrace_thread()!
        thread.pointee.root_task = root.task
        thread.pointee.root = root.unownedBits
    }

    /// The root that the calling thread's submits hang below.
    static var ownRoot: TaskNode {
        if pooltrace_thread().pointee.root == 0 { makeRoot() }
        return TaskNode.from(bits: pooltrace_thread().pointee.root)
    }

    private static func newRoot() -> TaskNode {
        if isMainThread { return WorkerTask.currentRoot ?? mainRoot }
        let name = threadName()
        let number = foreign.withLock { counts in
            counts[name, default: 0] += 1
            return counts[name] ?? 1
        }
        return TaskNode(root: TaskPath.foreignRoot(thread: name, number: number))
    }

    static var isMainThread: Bool { pooltrace_own_thread_id() == UInt32(bitPattern: getpid()) }

    private static let mainRoot = TaskNode(root: "main", isImmortal: true)

    /// What the system calls the calling thread.
    static func threadName() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { buffer in
            guard let name = buffer.baseAddress else { return "" }
            pooltrace_thread_name(name)
            return String(cString: name)
        }
    }

    /// The lane to `core`, if this thread has one already.
    func lane(to core: UInt64) -> Lane? {
        lanes.first { $0.core == core }?.lane
    }

    /// Counts one more step on top of the others; how many there are now.
    func entersTask() -> Int {
        level += 1
        return level
    }

    func leavesTask() { level -= 1 }

    /// Remembers a lane, and forgets those that nobody else knows any more.
    func add(_ lane: Lane, to core: UInt64) {
        lanes.removeAll { _, lane in
            guard lane.isAbandoned else { return false }
            lane.release()
            return true
        }
        lanes.append((core, lane))
    }
}
