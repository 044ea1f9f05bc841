import CEventTable
import CPoolRecorder
import CPoolWorker
import PoolModel
import PoolRecorder

/// A task in its worker process.
struct WorkerTask {
    /// Its number, as its pool's process records it.
    let number: UInt64
    /// Its path there, or that of the map that it is an element of.
    let path: String
    var element: UInt64?

    /// The task that runs on this process's first thread, so that what it submits to pools of its own hangs below it.
    ///
    /// That thread's alone.
    nonisolated(unsafe) private(set) static var current: WorkerTask?

    /// The pool wants no more of its tasks: this one may end early.
    nonisolated(unsafe) static var stop: UnsafePointer<UInt32>?

    static var isAskedToStop: Bool { current != nil && stop.map { pooltrace_shared_load($0) != 0 } ?? false }

    /// `main.3[7]`.
    var text: String { element.map { "\(path)[\($0)]" } ?? path }

    /// What the first thread's submits hang below.
    static var currentRoot: TaskNode? {
        guard let current, current.number != 0 else { return nil }
        return TaskNode(root: current.text, task: current.number)
    }

    struct Failed {
        let error: any Error
        /// Where it was thrown.
        let addresses: [UInt64]
    }

    /// What runs tasks of a type: decodes the input, runs the task, and encodes its output.
    typealias Code = (inout ByteReader, ByteSink) throws -> Void

    /// The code of the type with a name.
    static func code(of name: String) -> Code {
        func serve<Task: ProcessTask>(_ type: Task.Type) -> Code { Task.code.serve }
        guard let type = TaskTypes.find(name) else {
            return { _, _ in throw ProcessPoolError.typeNotFound(type: name) }
        }
        return serve(type)
    }

    /// Runs the task, and says when it ended.
    ///
    /// Not inlined: the walk of the stack from a throw ends at this function's frame.
    @inline(never)
    func run(
        _ code: Code, _ input: inout ByteReader, to sink: ByteSink, start: UInt64, end: inout UInt64
    ) -> Failed? {
        let thread = pooltrace_thread()!
        // What the last task has submitted hangs below that one.
        if thread.pointee.root != 0 { (thread.pointee.root, thread.pointee.children) = (0, 0) }
        Self.current = self
        let current = pooltrace_current()!
        current.pointee = pooltrace_current(
            task: number == 0 ? .max : number, frame: pooltrace_frame_address(), context: nil, first_throw: 0, throws: 0
        )
        defer {
            if current.pointee.throws != 0 { pooltrace_throws_clear(0) }
            current.pointee = pooltrace_current()
            Self.current = nil
        }
        pooltrace_time_begins(start)
        if pooltrace_is_recording(), number != 0 { pooltrace_record_task_start(start, number, 0) }
        do {
            try code(&input, sink)
            end = pooltrace_clock_now()
            recordEnd(POOLTRACE_SUCCEEDED, at: end)
            return nil
        } catch {
            end = pooltrace_clock_now()
            recordEnd(POOLTRACE_FAILED, at: end)
            return Failed(
                error: error,
                addresses: ThrowSite.addresses(unsafeBitCast(error as any Error, to: UnsafeRawPointer.self)))
        }
    }

    private func recordEnd(_ outcome: pooltrace_outcome, at end: UInt64) {
        guard pooltrace_is_recording(), number != 0 else { return }
        pooltrace_time_ends(end, 0)
        pooltrace_record_task_end(end, number, UInt8(outcome.rawValue))
    }
}
