import CPoolRecorder

/// What the carriers of a pool have captured at one submit.
struct CarriedContext: Sendable {
    private let parts: [any CarriedPart]

    /// Captures, on the thread that submits.
    init(_ carriers: [any ContextCarrier]) { parts = carriers.map { $0.captured() } }

    /// Runs `body` with everything restored, that of the first carrier outermost.
    func run<Result>(_ body: () throws -> Result) rethrows -> Result { try run(from: 0, body) }

    /// The same for an async body.
    func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        try await run(from: 0, body)
    }

    private func run<Result>(from index: Int, _ body: () throws -> Result) rethrows -> Result {
        guard index < parts.count else { return try Self.call(body) }
        return try parts[index].run { try run(from: index + 1, body) }
    }

    /// Not inlined: the walk of the stack from a throw ends at this function's frame, since those of carriers explain
    /// nothing.
    @inline(never)
    private static func call<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let current = pooltrace_current() else { return try body() }
        let frame = current.pointee.frame
        current.pointee.frame = pooltrace_frame_address()
        defer { current.pointee.frame = frame }
        return try body()
    }

    private func run<Result: Sendable>(
        from index: Int, _ body: () async throws -> Result
    ) async rethrows -> Result {
        guard index < parts.count else { return try await body() }
        return try await parts[index].run { try await run(from: index + 1, body) }
    }
}

/// What one carrier has captured.
private protocol CarriedPart: Sendable {
    func run<Result>(_ body: () throws -> Result) rethrows -> Result
    func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result
}

private struct Captured<Carrier: ContextCarrier>: CarriedPart {
    let carrier: Carrier
    let context: Carrier.Context

    func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        try carrier.restore(context, around: body)
    }

    func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        try await carrier.restore(context, around: body)
    }
}

extension ContextCarrier {
    fileprivate func captured() -> any CarriedPart { Captured(carrier: self, context: capture()) }
}
