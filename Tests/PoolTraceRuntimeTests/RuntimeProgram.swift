import TestSupport

/// The programs of these tests.
enum RuntimeProgram {
    /// Runs a case of a program that is linked with PoolTraceRuntime.
    @discardableResult
    static func run(
        _ name: String, of program: String = "runtime-cases", mode: String, seed: String = "0", trace: String? = nil,
        environment: [String: String?] = [:]
    ) async throws -> ChildResult {
        var variables: [String: String?] = ["POOLTRACE_MODE": mode, "POOLTRACE_SEED": seed, "POOLTRACE_TRACE": trace]
        variables["POOLTRACE_LTTNG"] = "off"
        variables.merge(environment) { $1 }
        return try await Child.run(try BuiltProduct.path(program), [name], environment: variables)
    }

    /// The decisions of a serial run, a line each.
    static func steps(in trace: String) async throws -> String {
        let events = try await Child.run(try BuiltProduct.path("pooltrace"), ["events", "--no-times", trace])
        return try events.requireSuccess().lines.filter { $0.contains("pooltrace:step:") }.joined(separator: "\n")
    }
}
