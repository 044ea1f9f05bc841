public import Logging
public import PoolTrace

/// Has the tasks of a pool log as their submitters: with the logger that `Logger.current` is at the submit, and
/// the metadata that `withLogger(mergingMetadata:)` has gathered in it.
///
/// ```swift
/// let pool = try ThreadPool(name: "files", configuration: PoolConfiguration(carriers: [LoggerCarrier()]))
/// withLogger(mergingMetadata: ["request": "r-7"]) { _ in
///     pool.execute(name: "read") { Logger.current.info("reading") }  // request=r-7
/// }
/// ```
public struct LoggerCarrier: ContextCarrier {
    /// Makes a carrier; a pool needs one.
    public init() {}

    /// The logger where the task is submitted.
    public func capture() -> Logger { .current }

    /// Runs the body with that logger.
    public func restore<Result>(_ context: Logger, around body: () throws -> Result) rethrows -> Result {
        try withLogger(context) { _ in try body() }
    }
}
