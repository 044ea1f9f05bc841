public import CPoolTraceAnnotations

/// The task that runs on the calling thread.
///
/// What it says of itself is in its trace, for every view and export of it: that something has happened, the value of
/// something at this moment, and what it does for how long.
///
/// ```swift
/// CurrentTask.mark("cache miss")
/// CurrentTask.value("rows", rows.count)
/// let table = try CurrentTask.span("parse") { try parse(rows) }
/// ```
///
/// With the product `PoolTraceAnnotations` alone this needs nothing of PoolTrace: a library may say what it does,
/// whether the program that uses it has pools, is run by `pooltrace run`, or neither. Where nobody records, each costs
/// a load and a branch. What is said outside of tasks is `main`'s, or that of the thread that says it.
public enum CurrentTask {
    /// Says that something has happened.
    ///
    /// - Parameter name: What.
    @inlinable
    public static func mark(_ name: AnnotationName) {
        guard let recorder = pooltrace_annotations() else { return }
        name.withBytes { recorder.pointee.mark($0, $1, $2) }
    }

    /// Says what the value of something is from now on.
    ///
    /// - Parameters:
    ///   - name: Of what.
    ///   - value: Kept as a `Double`: integers beyond 2^53 are rounded.
    @inlinable
    public static func value<Number: BinaryInteger>(_ name: AnnotationName, _ value: Number) {
        guard let recorder = pooltrace_annotations() else { return }
        let number = Double(value)
        name.withBytes { recorder.pointee.value($0, $1, $2, number) }
    }

    /// Says what the value of something is from now on.
    ///
    /// - Parameters:
    ///   - name: Of what.
    ///   - value: Kept as a `Double`.
    @inlinable
    public static func value<Number: BinaryFloatingPoint>(_ name: AnnotationName, _ value: Number) {
        guard let recorder = pooltrace_annotations() else { return }
        let number = Double(value)
        name.withBytes { recorder.pointee.value($0, $1, $2, number) }
    }

    /// Says what the task does for as long as `body` runs.
    ///
    /// Spans of a task nest.
    ///
    /// - Parameters:
    ///   - name: What it does.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inlinable
    public static func span<Result, Failure: Error>(
        _ name: AnnotationName, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let recorder = pooltrace_annotations() else { return try body() }
        name.withBytes { recorder.pointee.span_start($0, $1, $2) }
        defer { name.withBytes { recorder.pointee.span_end($0, $1, $2) } }
        return try body()
    }

    /// Says what the task does for as long as an async `body` runs, suspensions among it.
    ///
    /// Spans of a task nest.
    ///
    /// - Parameters:
    ///   - name: What it does.
    ///   - isolation: The actor that the caller runs on, which `body` stays on.
    ///   - body: What is done.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inlinable
    public static func span<Result, Failure: Error>(
        _ name: AnnotationName, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        guard let recorder = pooltrace_annotations() else { return try await body() }
        name.withBytes { recorder.pointee.span_start($0, $1, $2) }
        defer { name.withBytes { recorder.pointee.span_end($0, $1, $2) } }
        return try await body()
    }
}
