import CPoolTraceRuntime
import PoolTrace

/// Jobs that Dispatch schedules, as it would without us, and that are recorded as they are handed to it and as they
/// run.
enum Dispatched {
    static func enqueue(_ job: UnownedJob, priority: JobPriority) {
        guard SwiftTasks.note(job) else {
            return pooltrace_dispatch(bits(of: job), priority.rawValue) { Dispatched.runUnrecorded($0) }
        }
        pooltrace_dispatch(bits(of: job), priority.rawValue) { Dispatched.run($0, onMain: false) }
    }

    static func enqueueOnMain(_ job: UnownedJob) {
        _ = SwiftTasks.note(job)
        pooltrace_dispatch_main(bits(of: job)) { Dispatched.run($0, onMain: true) }
    }

    /// Has the main queue's server call `body`.
    static func callOnMain(_ body: @convention(c) (UnsafeMutableRawPointer?) -> Void) {
        pooltrace_dispatch_main(nil, body)
    }

    private static func run(_ bits: UnsafeMutableRawPointer?, onMain: Bool) {
        guard let bits else { return }
        SwiftTasks.run(unsafeBitCast(bits, to: UnownedJob.self), onMain: onMain)
    }

    private static func runUnrecorded(_ bits: UnsafeMutableRawPointer?) {
        guard let bits else { return }
        SwiftTasks.runUnrecorded(unsafeBitCast(bits, to: UnownedJob.self))
    }

    /// A job is one word.
    private static func bits(of job: UnownedJob) -> UnsafeMutableRawPointer {
        unsafeBitCast(job, to: UnsafeMutableRawPointer.self)
    }
}
