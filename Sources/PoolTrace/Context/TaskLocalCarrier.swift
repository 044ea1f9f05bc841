/// Carries the value of a task-local variable from where a task is submitted to where it runs.
///
/// ```swift
/// enum Request { @TaskLocal static var id: String? }
///
/// let pool = try ThreadPool(configuration: PoolConfiguration(carriers: [TaskLocalCarrier(Request.$id)]))
/// Request.$id.withValue("r-7") {
///     pool.execute { print(Request.id ?? "none") }  // r-7
/// }
/// ```
public struct TaskLocalCarrier<Value: Sendable>: ContextCarrier {
    private let local: TaskLocal<Value>

    /// Makes a carrier of one variable.
    ///
    /// - Parameter local: The variable with a dollar sign before its name.
    public init(_ local: TaskLocal<Value>) { self.local = local }

    /// The value where the task is submitted.
    public func capture() -> Value { local.get() }

    /// Runs the body with that value.
    public func restore<Result>(_ context: Value, around body: () throws -> Result) rethrows -> Result {
        try local.withValue(context, operation: body)
    }
}
