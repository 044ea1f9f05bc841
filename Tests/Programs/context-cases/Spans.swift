import InMemoryTracing
import PoolTrace
import PoolTraceTracing
import Tracing

private func tracedPool(_ tracer: InMemoryTracer) throws -> ThreadPool {
    try ThreadPool(
        name: "files", workers: 2,
        configuration: PoolConfiguration(carriers: [SpanCarrier(tracer: tracer, kind: .consumer)]))
}

func spans() throws {
    let tracer = InMemoryTracer()
    let pool = try tracedPool(tracer)
    let futures = tracer.withSpan("request") { _ in
        [
            pool.submit(name: "read", input: "paper") { input in tracer.withSpan("step") { _ in input.count } },
            pool.submit(name: "outer") { try pool.submit(name: "inner") { 1 }.value() },
            pool.submit(name: "bad") { throw Broken(part: 1) },
            pool.submit { 2 },
        ]
    }
    try tracer.withSpan("whoever waits") { _ in
        for future in futures { _ = try future.error() }
    }
    tracer.withSpan("map") { _ in
        do {
            _ = try pool.map(["a", "b", "c"], name: "page") { if $0 == "b" { throw Broken(part: 2) } }
        } catch {
            // What carries the span is in none of the frames.
            print((error as? TaskFailure)?.failure.frames.map(\.function) ?? [])
        }
    }
    // Whoever submits is in no span.
    try pool.submit(name: "root") {}.value()
    let own = Promise<Future<Void>>()
    let asked = pool.submit(name: "asked") {
        try own.future.value().cancel()
        try CurrentTask.checkCancellation()
    }
    try own.succeed(asked)
    _ = try asked.error()
    try pool.shutdown()
    show(tracer)
}

@MainActor
func asyncSpans() async throws {
    let tracer = InMemoryTracer()
    let pool = try tracedPool(tracer)
    await tracer.withSpan("request") { _ in
        let read = pool.submit(name: "read", input: "paper") { input in
            await Task.yield()
            await tracer.withSpan("step") { _ in await Task.yield() }
            throw Broken(part: input.count)
        }
        print(((try? await read.error()) as? TaskFailure)?.failure.frames.map(\.function) ?? [])
        _ = try? await pool.asyncMap(["a", "b"], name: "page") { _ in await Task.yield() }
    }
    try await pool.shutdown()
    show(tracer)
}

/// Prints the finished spans, parents by name.
private func show(_ tracer: InMemoryTracer) {
    let spans = tracer.finishedSpans
    let lines = spans.map { span in
        let parent = spans.first { $0.spanID == span.parentSpanID && $0.traceID == span.traceID }
        var line = "\(span.operationName) in \(parent?.operationName ?? "none"), \(span.kind)"
        for key in ["pooltrace.pool", "pooltrace.path", "pooltrace.input"] {
            guard case .string(let value)? = span.attributes.get(key) else { continue }
            // Where the main actor goes on, and so the root, is nobody's doing.
            line += " \(value.first == "x" ? value.drop { $0 != "[" } : value[...])"
        }
        if case .int64(let worker)? = span.attributes.get("pooltrace.worker") { line += worker > 0 ? " worker" : " 0" }
        if let status = span.status { line += " \(status.code) \(status.message ?? "")" }
        for error in span.errors { line += " recorded \(error.error)" }
        return line
    }
    print(lines.sorted().joined(separator: "\n"))
    print("still active:", tracer.activeSpans.map(\.operationName))
}
