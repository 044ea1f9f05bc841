import CEventTable
import CPoolRecorder
import CPoolTraceAnnotations
import PoolRecorder

/// Records what the program says of its tasks by `CurrentTask`, whether it knows PoolTrace or not.
enum Annotations {
    /// Starts the recorder, if it has not started, and has what the program says come here.
    static func startRecorder() {
        Recorder.start()
        if Recorder.isOn { take() }
    }

    /// Has what the program says come here: it is recorded once the recorder has started.
    static func take() {
        if pooltrace_annotations() != functions { pooltrace_annotations_set(functions) }
    }

    private static nonisolated(unsafe) let functions: UnsafePointer<pooltrace_annotations> = {
        let functions = UnsafeMutablePointer<pooltrace_annotations>.allocate(capacity: 1)
        functions.initialize(
            to: pooltrace_annotations(
                mark: { name, length, isLiteral in
                    guard Recorder.isOn, let name = Annotations.number(name, length, isLiteral) else { return }
                    let (task, stamp) = Annotations.note(POOLTRACE_SAID_MARK, name)
                    pooltrace_record_task_mark(stamp, task, name)
                },
                value: { name, length, isLiteral, value in
                    guard Recorder.isOn, let name = Annotations.number(name, length, isLiteral) else { return }
                    let (task, stamp) = Annotations.note(POOLTRACE_SAID_VALUE, name, value)
                    pooltrace_record_task_value(stamp, task, name, value)
                },
                span_start: { name, length, isLiteral in
                    guard Recorder.isOn, let name = Annotations.number(name, length, isLiteral) else { return }
                    let (task, stamp) = Annotations.note(POOLTRACE_SAID_SPAN_START, name)
                    pooltrace_record_span_start(stamp, task, name)
                },
                span_end: { name, length, isLiteral in
                    guard Recorder.isOn, let name = Annotations.number(name, length, isLiteral) else { return }
                    let (task, stamp) = Annotations.note(POOLTRACE_SAID_SPAN_END, name)
                    pooltrace_record_span_end(stamp, task, name)
                }))
        return UnsafePointer(functions)
    }()

    /// Keeps what is said for the report of the task, should it fail.
    private static func note(
        _ kind: pooltrace_said, _ name: UInt32, _ value: Double = 0
    ) -> (task: UInt64, stamp: UInt64) {
        let (task, stamp) = (task, pooltrace_clock_now())
        pooltrace_said_note(task, stamp, kind.rawValue, name, value)
        return (task, stamp)
    }

    private static func number(_ name: UnsafePointer<CChar>?, _ length: Int, _ isLiteral: Bool) -> UInt32? {
        guard let name else { return nil }
        let bytes = UnsafeRawBufferPointer(start: name, count: length).assumingMemoryBound(to: UInt8.self)
        return Recorder.intern(name: bytes, isLiteral: isLiteral)
    }

    /// The task that the calling thread's code is part of, or the root of what the thread does outside of tasks.
    private static var task: UInt64 {
        guard let context = TaskContext.current else {
            // In a worker process the first thread's task has no context, but a number.
            let number = pooltrace_current().pointee.task
            return number != 0 && number != .max ? number : AsyncTask.currentNumber
        }
        if let task = context.pointee.asyncTask { return task.job.task }
        // An actor runs for the tasks that called it.
        if context.pointee.isActor, let caller = AsyncTask.current { return caller.job.task }
        return context.pointee.job.task
    }
}
