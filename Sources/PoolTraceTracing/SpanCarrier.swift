public import PoolTrace
public import Tracing

/// Makes each task of a pool a span, a child of the span that its submitter was in.
///
/// ```swift
/// let pool = try ThreadPool(name: "files", configuration: PoolConfiguration(carriers: [SpanCarrier()]))
/// ```
///
/// The span is called as the task is, or `task`. Its attributes are `pooltrace.pool`, `pooltrace.path`,
/// `pooltrace.worker` and `pooltrace.input`, cut and kept as the pool's `inputs` say. What the task throws is recorded
/// in it, unless the task was asked to stop and did. Inside the task `ServiceContext.current` is the span's, and so
/// holds everything that the submitter's did.
public struct SpanCarrier: ContextCarrier {
    private let tracer: (any Tracer)?
    private let kind: SpanKind

    /// Makes a carrier; a pool needs one.
    ///
    /// - Parameters:
    ///   - tracer: Who makes the spans; by default the one that `InstrumentationSystem` has as the task starts.
    ///   - kind: What the spans are.
    public init(tracer: (any Tracer)? = nil, kind: SpanKind = .internal) {
        (self.tracer, self.kind) = (tracer, kind)
    }

    /// The context where the task is submitted.
    public func capture() -> ServiceContext? { .current }

    /// Runs the body in a span.
    public func restore<Result>(_ context: ServiceContext?, around body: () throws -> Result) rethrows -> Result {
        let span = start(in: context)
        defer { span.end() }
        do {
            return try ServiceContext.withValue(span.context, operation: body)
        } catch {
            note(error, in: span)
            throw error
        }
    }

    /// Runs an async body in a span.
    public func restore<Result: Sendable>(
        _ context: ServiceContext?, around body: () async throws -> Result
    ) async rethrows -> Result {
        let span = start(in: context)
        defer { span.end() }
        do {
            return try await ServiceContext.withValue(span.context, operation: body)
        } catch {
            note(error, in: span)
            throw error
        }
    }

    private func start(in context: ServiceContext?) -> any Span {
        let tracer = tracer ?? InstrumentationSystem.tracer
        let span: any Span = tracer.startAnySpan(
            CurrentTask.name ?? "task", context: context ?? .topLevel, ofKind: kind)
        guard span.isRecording else { return span }
        span.updateAttributes { attributes in
            attributes["pooltrace.pool"] = CurrentTask.pool
            attributes["pooltrace.path"] = CurrentTask.path
            attributes["pooltrace.worker"] = CurrentTask.worker
            attributes["pooltrace.input"] = CurrentTask.input
        }
        return span
    }

    private func note(_ error: any Error, in span: any Span) {
        if error is CancellationError, CurrentTask.isCancelled { return }
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error, message: String(describing: error)))
    }
}
