/// A future whose task must start before a deadline.
final class DeadlineFuture<Value: Sendable>: Future<Value>, @unchecked Sendable {
    private let deadline: ContinuousClock.Instant

    init(
        in pool: borrowing ThreadPool, name: TaskName?, at site: CallSite,
        deadline: ContinuousClock.Instant, body: @escaping @Sendable () throws -> Value
    ) {
        self.deadline = deadline
        super.init(in: pool, name: name, at: site) {
            try DeadlineError.throwIfLate(deadline)
            return try body()
        }
    }

    override var isAskedToStop: Bool { super.isAskedToStop || deadline < .now }
}
