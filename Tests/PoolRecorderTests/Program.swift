import TestSupport

/// The program that writes to a ring in the ways that the tests ask for.
enum Program {
    /// Runs it to its end; settings are POOLTRACE_ variables without the prefix.
    @discardableResult
    static func run(
        _ arguments: [String], settings: [String: String] = [:], limit: Duration = .seconds(60),
        while body: @escaping @Sendable (Child) async throws -> Void = { _ in }
    ) async throws -> ChildResult {
        var environment: [String: String?] = ["POOLTRACE_LTTNG": "off"]
        for (name, value) in settings { environment["POOLTRACE_\(name)"] = value }
        return try await Child.run(
            try BuiltProduct.path("ring-writer"), arguments, environment: environment, limit: limit, while: body)
    }
}
