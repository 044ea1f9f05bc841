import Foundation
import TestSupport
import Testing

/// Who describes a failure, when, and what becomes of descriptions that do not come back.
@Suite("The description of a failure")
struct FailureDescriptionTests {
    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("failure-cases"), arguments,
            environment: environment.merging([
                "POOLTRACE_LTTNG": "off", "SWIFT_BACKTRACE": "enable=no", "NO_COLOR": "1",
            ]) { own, _ in own })
    }

    @Test("does not hold the worker: it may wait for the worker's next task, and so may the input's")
    func held() async throws {
        #expect(try await run("held").lines == ["after the next task"])
        #expect(try await run("held-input").lines == ["an input after the next task"])
    }

    @Test("is made once, by one thread at a time and by no worker that failed, whoever asks for it: 1,000 times")
    func once() async throws {
        #expect(try await run("once", "1000").lines == ["1000 0 0 0"])
    }

    @Test("is made on the spot in serial mode, where PoolTrace has no thread for it")
    func serial() async throws {
        let serial = ["POOLTRACE_MODE": "serial"]
        let first = try await run("kinds", environment: serial)
        #expect(first.lines == ["main.1[0] 4"], "\(first)")
        let second = try await run("kinds", environment: serial)
        #expect(second.error.filter { !$0.isNumber } == first.error.filter { !$0.isNumber }, "\(first)\n\(second)")
    }

    @Test("that does not return holds up the end for some seconds, and its report says so; the others are there")
    func hang() async throws {
        let run = try await run("hang")
        #expect(run.lines == ["handled", "shut down"] && run.succeeded, "\(run)")
        for part in [
            #"task main.1 "stuck" failed: failure_cases.Described: no message: its description had not returned after 5 s"#,
            "  thrown     closure #1 in hang() at ", "failure-cases/main.swift:", "  submitted  by main at ",
            #"task main.2 "after" failed: failure_cases.Described: the next failure"#,
        ] { #expect(run.error.contains(part), "no \(part) in \(run)") }
    }

    @Test("that crashes ends the process by its own signal, with a report that says so")
    func crash() async throws {
        let run = try await run("crash")
        #expect(run.status == .signalled(SIGILL) || run.status == .signalled(SIGTRAP), "\(run)")
        for part in [
            #" in the description of the failure of task main.1 "doomed""#,
            #"task main.1 "doomed" failed: failure_cases.Described: no message: its description crashed"#,
        ] { #expect(run.error.contains(part), "no \(part) in \(run)") }
    }

    @Test("may end the process by exit, which does not wait for it")
    func exit() async throws {
        let run = try await run("exit")
        #expect(run.status == .exited(3), "\(run)")
        #expect(run.error.contains("failed: failure_cases.Described: no message: it is being described"), "\(run)")
    }

    @Test("that asks for its own failure is given it without a message")
    func askingItself() async throws {
        #expect(try await run("asks-itself").lines == ["inside: no message: it is being described"])
    }

    @Test("that the process did not live to make is missing in the trace, and nothing else is")
    func killed() async throws {
        try await withTemporaryDirectory { directory in
            let run = try await run("killed", environment: ["POOLTRACE_TRACE": directory.path("trace")])
            #expect(run.status == .signalled(SIGKILL), "\(run)")
            let failures = try await Child.run(
                BuiltProduct.path("pooltrace"), ["failures", directory.path("trace")], environment: ["NO_COLOR": "1"])
            for part in [
                #"task main.1 "doomed" failed: failure_cases.Described: no message: the process ended before the "#
                    + "failure was described\n",
                "  thrown     closure #1 in end(by:) at ", "failure-cases/main.swift:",
                "  submitted  by main at failure_cases/main.swift:", " in end(by:)\n",
                #"  ran        on worker 1 of pool "work": "#, "  beside     nothing else\n",
            ] { #expect(failures.output.contains(part), "no \(part) in \(failures)") }
            #expect(!failures.output.contains("PoolTrace."), "\(failures)")
        }
    }

    @Test("is left out for failures that the program handles, after the first of a kind, until it asks; all count")
    func alike() async throws {
        try await withTemporaryDirectory { directory in
            let run = try await run("alike", "2000", environment: ["POOLTRACE_TRACE": directory.path("trace")])
            #expect(run.lines == ["number 1999 1999", "true"], "\(run)")
            let failures = try await Child.run(
                BuiltProduct.path("pooltrace"), ["failures", directory.path("trace")], environment: ["NO_COLOR": "1"])
            #expect(failures.output.contains("task main.1 failed: failure_cases.Described: number 0\n"), "\(failures)")
            #expect(failures.output.contains("  others     1999 failed the same way: main.2, main.3, main.4, ..."))
            let tasks = try await Child.run(
                BuiltProduct.path("pooltrace"),
                ["tasks", directory.path("trace"), "--columns", "path,error", "--sort", "submitted"],
                environment: ["NO_COLOR": "1"])
            #expect(tasks.lines.contains { $0.contains("main.200 ") && $0.contains("number 199") }, "\(tasks)")
            #expect(tasks.lines.contains { $0.contains("main.900 ") && $0.contains("no message") }, "\(tasks)")
        }
    }

    @Test("of a map's failure counts those of its kind as told, and another kind is reported")
    func kinds() async throws {
        let run = try await run("kinds")
        #expect(run.lines == ["main.1[0] 4"], "\(run)")
        #expect(run.error.contains("task main.1[4] failed: failure_cases.Described: another kind"), "\(run)")
        #expect(!run.error.contains("the first kind"), "\(run)")
    }
}
