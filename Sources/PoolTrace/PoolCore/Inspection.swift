import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// Lets a thread look at the tasks that other workers run, at no cost for them but one load at the end of a task.
///
/// A worker shows the context on its stack in `Worker.current`, takes it back when the task ends, and only then looks
/// at `isOn`. An inspector sets `isOn`, passes the heavy fence (after which every other thread has passed a full fence
/// too), and then loads `current`:
/// - it sees the context: then the worker had not taken it back at the fence, so it will see `isOn` afterwards and
///   wait, with the context and everything it holds still alive, until the inspection is over;
/// - it sees none: it leaves that worker alone.
/// Inspections take turns by `lock`.
enum Inspection {
    private static let lock = Guarded<Void>(())
    private static let isOn = Atomic<Bool>(false)

    /// Runs `body` while every task that `Worker.current` shows stays as it is; not at all where the kernel has no such
    /// fence.
    static func run(_ body: () -> Void) {
        lock.withLock { _ in
            isOn.store(true, ordering: .sequentiallyConsistent)
            pooltrace_delay()
            if pooltrace_heavy_fence() { body() }
            isOn.store(false, ordering: .releasing)
        }
    }

    /// Shows the context of the task that the worker's thread begins to run.
    ///
    /// - Returns: What ran below it on the same stack, as bits.
    @inline(__always)
    static func enter(_ worker: Worker, showing context: UnsafeMutablePointer<TaskContext>) -> UInt64 {
        let below = worker.current.value.pointee.load(ordering: .relaxed)
        worker.current.value.pointee.store(UInt64(UInt(bitPattern: context)), ordering: .releasing)
        return below
    }

    /// Takes back the context of the task that has ended; what ran below it on the same stack, as bits, shows again.
    static func leave(_ worker: Worker, below: UInt64) {
        worker.current.value.pointee.store(below, ordering: .releasing)
        pooltrace_delay()
        if isOn.load(ordering: .acquiring) { waitUntilOff() }
    }

    @inline(never)
    private static func waitUntilOff() {
        // A failure is being explained elsewhere: microseconds.
        while isOn.load(ordering: .acquiring) { pooltrace_pause() }
    }
}
