import PoolModel
import PoolRecorder

/// The task of a `both`: a future that costs no memory of its own, since its worker keeps it for the next.
///
/// What it works on lies in a frame on the stack of the caller, which stays until the task has ended or is certain
/// never to start. One caller leaves sooner: whose wait would close a cycle. Then the task is in the middle of its body
/// and has taken what it needs from the frame, and the caller leaves behind how to destroy the result.
@usableFromInline
final class Fork: AnyFuture, @unchecked Sendable {
    /// A `ForkFrame`, and what runs it.
    @usableFromInline
    @exclusivity(unchecked)
    var frame: UnsafeRawPointer?
    /// Captures nothing, so that it costs nothing to store.
    @usableFromInline
    @exclusivity(unchecked)
    var run: @Sendable (Fork) throws -> Void = { _ in }
    @usableFromInline
    @exclusivity(unchecked)
    var result = FutureResult()
    /// Once the body has thrown.
    private var input: TaskInput?
    /// Set by a caller that left sooner.
    @usableFromInline
    var destroyResult: ((inout FutureResult) -> Void)?
    /// The next of those that the worker keeps.
    @exclusivity(unchecked)
    fileprivate var next: Unmanaged<Fork>?

    private init(_ job: Job, in core: PoolCore) { super.init(job: job, core: core) }

    /// With the references of its ticket and its caller.
    static func make(_ job: Job, in core: PoolCore) -> Unmanaged<Fork> {
        Unmanaged.passRetained(Fork(job, in: core)).retain()
    }

    deinit { destroyResult?(&result) }

    @inlinable
    func runFrame<Input, Value>(_: Input.Type, _: Value.Type) throws {
        guard let frame = frame?.assumingMemoryBound(to: ForkFrame<Input, Value>.self) else { return }
        let pool = frame.pointee.pool
        let input = frame.pointee.input
        let body = frame.pointee.body
        do {
            result.store(try pool._withUnsafeGuaranteedRef { try body(input, $0) })
        } catch {
            keep(input)
            throw error
        }
    }

    @usableFromInline
    func keep(_ input: some Any) { self.input = TaskInput(input) }

    override func performBody() throws { try run(self) }

    override func discardBody() { run = { _ in } }

    override func wrap(in hooks: TaskHooks) {
        let inner = run
        run = { fork in try hooks.run { try inner(fork) } }
    }

    override var taskInput: TaskInput? { input }
}

/// What a `Fork` works on.
@usableFromInline
struct ForkFrame<Input, Value> {
    @usableFromInline let input: Input
    @usableFromInline let pool: Unmanaged<ThreadPool>
    @usableFromInline let body: @Sendable (Input, ThreadPool) throws -> Value

    @inlinable
    init(input: Input, pool: Unmanaged<ThreadPool>, body: @escaping @Sendable (Input, ThreadPool) throws -> Value) {
        self.input = input
        self.pool = pool
        self.body = body
    }
}

/// Forks that have ended, for the next: a worker's own.
///
/// Each has two references, as one that runs has: its ticket's and its caller's.
struct ForkStore {
    private var first: Unmanaged<Fork>?

    /// One for a new task.
    mutating func take(_ job: Job, in core: PoolCore) -> Unmanaged<Fork> {
        guard let fork = first else { return Fork.make(job, in: core) }
        fork._withUnsafeGuaranteedRef {
            first = $0.next
            $0.renew(job)
        }
        return fork
    }

    /// Keeps one that has ended and that no other thread has ever known.
    mutating func keep(_ fork: Unmanaged<Fork>) {
        fork._withUnsafeGuaranteedRef { $0.next = first }
        first = fork
    }

    func deallocate() {
        var next = first
        while let fork = next {
            next = fork._withUnsafeGuaranteedRef { $0.next }
            fork.release()
            fork.release()
        }
    }
}
