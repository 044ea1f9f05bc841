import InMemoryLogging
import InMemoryTracing
import Instrumentation
import Logging
import Metrics
import MetricsTestKit
import PoolTrace
import PoolTraceLogging
import PoolTraceMetrics
import PoolTraceTracing
import Tracing

private enum Request {
    @TaskLocal static var id = "none"
}

/// As the README has it, with the backends that the three systems were started with.
func together() throws {
    let (handler, tracer, factory) = (InMemoryLogHandler(), InMemoryTracer(), TestMetrics())
    LoggingSystem.bootstrap { _ in handler }
    InstrumentationSystem.bootstrap(tracer)
    MetricsSystem.bootstrap(factory)
    let pool = try ThreadPool(
        name: "files",
        configuration: PoolConfiguration(
            carriers: [TaskLocalCarrier(Request.$id), LoggerCarrier(), SpanCarrier()], observers: [MetricsObserver()]))
    let pages = try Request.$id.withValue("r-7") {
        try withLogger(mergingMetadata: ["request": "r-7"]) { _ in
            try withSpan("request") { _ in
                try pool.map(0..<3, name: "page") { page in
                    withSpan("step") { _ in Logger.current.info("page \(page)") }
                    return Request.id
                }
            }
        }
    }
    try pool.shutdown()
    print(pages)
    print(handler.entries.map { "\($0.message) \($0.metadata)" }.sorted())
    let spans = tracer.finishedSpans
    print(
        spans.map { span in
            "\(span.operationName) in \(spans.first { $0.spanID == span.parentSpanID }?.operationName ?? "none")"
        }.sorted())
    let dimensions = [("pool", "files"), ("task", "page")]
    print(try factory.expectCounter("pooltrace.succeeded", dimensions).totalValue)
}
