import CPoolRecorder
import PoolModel
import PoolRecorder

/// Data races between the tasks of a serial run, of a program that ThreadSanitizer sees, which the command has started
/// with `--races`.
///
/// The preloaded library makes each task a fiber of the sanitizer's, and keeps the sanitizer out of PoolTrace's own
/// code, so that nothing orders what two tasks do but what is said here: a submit comes before the task's start, its
/// end before what waits for it, and one use of a lock or a signal before the next. See `races.c` and `own.c`.
package enum RaceDetection {
    nonisolated(unsafe) private(set) static var library: UnsafePointer<pooltrace_races>?

    /// Begins, if it is wanted.
    static func begin() { library = pooltrace_races_take() }

    // MARK: - Tasks

    /// Runs `body`, which is all that a job does, up to what is called back at its end.
    ///
    /// It comes after its submit and after the initialization of its worker, and before the end of its pool.
    static func run(_ task: UInt64, of core: PoolCore, on worker: Worker, _ body: () -> Void) {
        guard library != nil else { return body() }
        runFiber(task) {
            begins(number(of: worker))
            let thread = ThreadState.current
            let wasUsed = thread.isUsed
            thread.isUsed = false
            body()
            if thread.isUsed { release(thread) }
            thread.isUsed = wasUsed
            release(core)
            report()
        }
    }

    /// Initializes a worker: that comes after its pool was made.
    static func runInitialization(_ job: Job, of core: PoolCore, on worker: Worker, _ body: () -> Void) {
        guard let initialization = core.initialization, library != nil else { return body() }
        runFiber(job.task) {
            begins(initialization.task)
            body()
            didSubmit(number(of: worker))
            report()
        }
    }

    /// Not that of any task, as far as numbers are hashes.
    private static func number(of worker: Worker) -> UInt64 { ~UInt64(worker.id) }

    private static func runFiber(_ task: UInt64, _ body: () -> Void) {
        guard let library else { return body() }
        withContext(of: body) { library.pointee.run(task, $0, $1) }
    }

    /// Hands a closure to C, as a function and its context.
    private static func withContext(
        of body: () -> Void,
        _ use: (@convention(c) (UnsafeMutableRawPointer?) -> Void, UnsafeMutableRawPointer) -> Void
    ) {
        withoutActuallyEscaping(body) { body in
            var body = body
            withUnsafeMutablePointer(to: &body) {
                use({ $0?.assumingMemoryBound(to: (() -> Void).self).pointee() }, UnsafeMutableRawPointer($0))
            }
        }
    }

    /// Runs a segment of an async task, which comes after those before it.
    static func runSegment(of task: UInt64, _ body: () -> Void) {
        guard let library else { return body() }
        library.pointee.acquire_number(~task)
        body()
        library.pointee.release_number(~task)
    }

    /// The calling task uses a value of its thread's: that comes after what earlier tasks on the thread did which have
    /// used one.
    static func usesThread() {
        guard library != nil else { return }
        let thread = ThreadState.current
        thread.isUsed = true
        acquire(thread)
    }

    /// The main actor, in place of a task's number.
    private static let mainActor: UInt64 = 1

    /// Runs a job of the main actor's, whose jobs come one after the other.
    static func runOnMain(_ body: () -> Void) {
        begins(mainActor)
        body()
        didSubmit(mainActor)
    }

    /// Main leaves its thread to the main actor.
    package static func leavesMain() { didSubmit(mainActor) }

    /// A task was submitted by the calling one.
    static func didSubmit(_ task: UInt64) { library?.pointee.release_number(task) }

    /// What the calling task does from here on comes after the submit of this one.
    static func begins(_ task: UInt64) { library?.pointee.acquire_number(task) }

    // MARK: - Whose code

    /// Runs `body`, which is PoolTrace's code: for where the program's calls it, in a library that the sanitizer does
    /// not see, so that it is unknown.
    @inline(__always)
    package static func own<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let library else { return try body() }
        let wasOwn = library.pointee.enter()
        defer { library.pointee.leave(wasOwn) }
        return try body()
    }

    /// Runs `body`, which is code of the program's, inside of `own`.
    static func program(_ body: () -> Void) {
        guard let library else { return body() }
        withContext(of: body) { library.pointee.run_program($0, $1) }
    }

    // MARK: - What comes before what

    /// What the calling task has done up to here comes before what a task does after `acquire` of the same object.
    static func release(_ object: AnyObject) {
        guard let library else { return }
        library.pointee.release(UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque()))
    }

    /// What was done up to `release` of the same object comes before what the calling task does from here on.
    static func acquire(_ object: AnyObject) {
        guard let library else { return }
        library.pointee.acquire(UnsafeRawPointer(Unmanaged.passUnretained(object).toOpaque()))
    }
}
