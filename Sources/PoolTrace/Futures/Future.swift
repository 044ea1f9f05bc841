import PoolModel
import PoolRecorder

// What runs for every task is inlinable, so that the program that submits has it for its own type of value: a value of
// a type that is unknown costs as much as the rest of the task.

/// The value that a submitted task will have.
///
/// A failure that nobody asks for is reported when its pool is shut down or the process exits: none is ever silent.
public class Future<Value: Sendable>: AnyFuture, @unchecked Sendable {
    /// Taken when the task starts, so that what it holds is released with it.
    @usableFromInline
    @exclusivity(unchecked)
    final var body: (@Sendable () throws -> Value)?
    /// Written before the phase says that it succeeded.
    @usableFromInline
    @exclusivity(unchecked)
    final var result = FutureResult()

    @inlinable
    init(
        in pool: borrowing ThreadPool, name: TaskName?, at site: CallSite,
        body: (@Sendable () throws -> Value)?
    ) {
        self.body = body
        super.init(in: pool, name: name, at: site)
    }

    /// One that no pool runs.
    init(job: Job) { super.init(job: job) }

    @inlinable
    final func takeAndRunBody() throws {
        guard let body = body.take() else { return }
        result.store(try body())
    }

    deinit { result.destroy(as: Value.self) }

    override func performBody() throws { try takeAndRunBody() }

    override func wrap(in hooks: TaskHooks) {
        guard let inner = body.take() else { return }
        body = { try hooks.run(inner) }
    }

    override func discardBody() { body = nil }

    /// Waits until the task has ended.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit. The task goes on in any case.
    /// - Returns: The task's value.
    /// - Throws: `TaskFailure` if the task threw, `CancellationError` if it was cancelled, `TimeoutError`, and
    ///   `WaitCycleError` where the task waits for the caller.
    @inlinable
    public final func value(timeout: Duration? = nil) throws -> Value {
        try wait(timeout: timeout)
        return try endedValue()
    }

    /// Waits until the task has ended, without blocking a thread.
    ///
    /// - Parameter timeout: The maximum wait; without it, no limit. The task goes on in any case.
    /// - Returns: The task's value.
    /// - Throws: `TaskFailure` if the task threw, `CancellationError` if it was cancelled, `TimeoutError`.
    @inlinable
    public final func value(timeout: Duration? = nil) async throws -> Value {
        try await wait(timeout: timeout)
        return try endedValue()
    }

    /// The value of a task that has ended.
    @inlinable
    final func endedValue() throws -> Value {
        guard result.isStored else { throw endedError() }
        // What is loaded is bits, until it is a value of its own: a waiter on a temporary may hold the last
        // reference.
        return withExtendedLifetime(self) { result.load(as: Value.self) }
    }
}

/// A future whose body works on an input that a failure report shows.
@usableFromInline
final class InputFuture<Input: Sendable, Value: Sendable>: Future<Value>, @unchecked Sendable {
    @usableFromInline
    @exclusivity(unchecked)
    var input: Input?
    @usableFromInline
    @exclusivity(unchecked)
    var inputBody: (@Sendable (Input) throws -> Value)?

    @inlinable
    init(
        in pool: borrowing ThreadPool, name: TaskName?, at site: CallSite,
        input: Input,
        body: @escaping @Sendable (Input) throws -> Value
    ) {
        self.input = input
        inputBody = body
        super.init(in: pool, name: name, at: site, body: nil)
    }

    @inlinable
    func takeAndRunInputBody() throws {
        guard let input, let body = inputBody.take() else { return }
        result.store(try body(input))
        releaseInput()
    }

    /// Inside the task, as the last part of it.
    @usableFromInline
    final func releaseInput() {
        SlowInputs.noteCurrentTask { taskInput?.text($0) }
        input = nil
    }

    override func performBody() throws { try takeAndRunInputBody() }

    override func wrap(in hooks: TaskHooks) {
        guard let inner = inputBody.take() else { return }
        inputBody = { input in try hooks.run { try inner(input) } }
    }

    override func discardBody() {
        input = nil
        inputBody = nil
    }

    override var taskInput: TaskInput? { input.map { TaskInput($0) } }
}
