import Foundation
import TestSupport
import Testing

/// What becomes of a pool whose workers die, and of workers whose pool does: in programs of their own.
@Suite("Deaths of worker processes")
struct WorkerDeathTests {
    private func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("process-cases"), arguments,
            environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { own, _ in own })
    }

    @Test("A worker that is killed, exits or crashes fails its task with how it ended, and the pool goes on")
    func endings() async throws {
        let result = try await run("deaths")
        #expect(result.output.contains("ended by signal 9 (SIGKILL) in the middle of main.1"), "\(result)")
        #expect(result.output.contains("exited with status 7 in the middle of main.2"), "\(result)")
        #expect(result.output.contains("ended by signal 4 (SIGILL) in the middle of main.3"), "\(result)")
        #expect(result.output.contains("it printed: process_cases/Tasks.swift:"), "\(result)")
        #expect(result.output.contains("Fatal error: stopped on purpose"), "\(result)")
        #expect(result.output.contains("ended by signal 11 (SIGSEGV) in the middle of main.4"), "\(result)")
        #expect(result.output.contains("  input      kill\n"), "\(result)")
        #expect(result.lines.last == "live", "\(result)")
    }

    @Test("Killing random workers during a map fails the tasks they held and no others, and leaves nothing behind")
    func kills() async throws {
        let result = try await run("kills", "3000", "30")
        #expect(
            result.lines.prefix(3) == ["problems []", "values true", "children 0 leaked descriptors 0"], "\(result)")
        #expect(result.lines.contains("after true"), "\(result)")
    }

    @Test("What a worker prints to standard error comes out line by line, with the worker and the task before it")
    func output() async throws {
        let result = try await run("output")
        let lines = result.error.split(separator: "\n").map(String.init)
        #expect(
            lines.contains { $0.hasSuffix(" main.1] one") } && lines.contains { $0.hasSuffix(" main.1] two") },
            "\(result)")
        for element in 0..<6 {
            #expect(lines.contains { $0.hasSuffix(" main.2[\(element)]] line \(element)") }, "\(result)")
        }
        #expect(lines.allSatisfy { $0.hasPrefix("[printing-") }, "\(result)")
    }
}
