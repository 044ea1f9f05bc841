import PoolModel
import PoolRecorder

/// The caller's handle on the value that a submitted task will have.
///
/// A failure that nobody asks for is reported when its pool is shut down or the process exits: none is ever silent.
public class Future<Value: Sendable>: AnyFuture, @unchecked Sendable {
    /// Taken when the task starts, so that what it holds is released with it.
    private var body: (@Sendable () throws -> Value)?
    /// Written before the phase says that it succeeded.
    final var result: Value?

    init(job: Job, core: PoolCore, body: (@Sendable () throws -> Value)?) {
        self.body = body
        super.init(job: job, core: core)
    }

    override func performBody() throws {
        guard let body = body.take() else { return }
        result = try body()
    }

    override func discardBody() { body = nil }

    /// Waits until the task has ended.
    ///
    /// - Parameter timeout: How long to wait at most; without it, as long as it takes. The task goes on in any case.
    /// - Returns: The task's value.
    /// - Throws: `TaskFailure` if the task threw, `CancellationError` if it was cancelled, `TimeoutError`, and `WaitCycleError` where
    ///   the task waits for the caller.
    public func value(timeout: Duration? = nil) throws -> Value {
        try wait(timeout: timeout)
        return try endedValue()
    }

    /// Waits until the task has ended, without blocking a thread.
    ///
    /// - Returns: The task's value.
    /// - Throws: `TaskFailure` if the task threw, `CancellationError` if it was cancelled.
    public func value() async throws -> Value {
        await wait()
        return try endedValue()
    }

    private func endedValue() throws -> Value {
        if let error = retrieveFailure() { throw error }
        guard let result else {
            preconditionFailure("future \(path) has succeeded without a value: a fault in PoolTrace")
        }
        return result
    }
}

/// A future whose body works on an input that a failure report shows.
final class InputFuture<Input: Sendable, Value: Sendable>: Future<Value>, @unchecked Sendable {
    private var input: Input?
    private var body: (@Sendable (Input) throws -> Value)?

    init(job: Job, core: PoolCore, input: Input, body: @escaping @Sendable (Input) throws -> Value) {
        self.input = input
        self.body = body
        super.init(job: job, core: core, body: nil)
    }

    override func performBody() throws {
        guard let input, let body = body.take() else { return }
        result = try body(input)
        self.input = nil
    }

    override func discardBody() {
        input = nil
        body = nil
    }

    override func inputText(_ policy: Settings.Input) -> String? {
        input.flatMap { InputText.describe($0, policy) }
    }
}
