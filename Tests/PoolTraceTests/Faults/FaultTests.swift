import Foundation
import TestSupport
import Testing

/// Ends of the process in the middle of a task.
@Suite("A fault")
struct FaultTests {
    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("fault-cases"), arguments,
            environment: environment.merging([
                "POOLTRACE_LTTNG": "off", "SWIFT_BACKTRACE": "enable=no", "NO_COLOR": "1",
            ]) { own, _ in own })
    }

    private static let kinds: [(kind: String, signals: [Int32], meaning: String, place: String)] = [
        ("fatal", [SIGILL, SIGTRAP], ": a trap, such as fatalError", "Tests/Programs/fault-cases/main.swift:"),
        ("bounds", [SIGILL, SIGTRAP], ": a trap, ", "Tests/Programs/fault-cases/main.swift:"),
        ("nil", [SIGILL, SIGTRAP], ": a trap, ", "Tests/Programs/fault-cases/main.swift:"),
        ("overflow", [SIGILL, SIGTRAP], ": arithmetic overflow", "Tests/Programs/fault-cases/main.swift:"),
        ("pointer", [SIGSEGV], "SIGSEGV: a bad pointer, to 0x10", "Tests/Programs/fault-cases/main.swift:"),
        ("stack", [SIGSEGV], "SIGSEGV: stack overflow", "Tests/Programs/fault-cases/main.swift:"),
        ("abort", [SIGABRT], "SIGABRT: abort was called", "Tests/Programs/fault-cases/main.swift:"),
        ("sent", [SIGSEGV], "SIGSEGV: the signal was sent", ""),
    ]

    @Test("ends with its task's report, the tasks in flight and its own signal", arguments: kinds.map(\.kind))
    func report(kind: String) async throws {
        let (_, signals, meaning, place) = try #require(Self.kinds.first { $0.kind == kind })
        let run = try await run([kind])
        #expect(signals.contains { run.status == .signalled($0) }, "\(run)")
        // A signal that is sent to a process may be handled by any of its threads, wherever that is: also in a lock
        // that the report needs, such as the allocator's.
        guard kind != "sent" else {
            let isReported = run.error.contains("pooltrace: SIGSEGV ")
            #expect(isReported || run.error.contains("pooltrace: crashed; no further details are available"), "\(run)")
            return
        }
        for part in [
            #"task main.3 "doomed" failed: SIG"#, meaning, "  input      7", place,
            "  submitted  by main at fault_cases/main.swift:", #"  ran        on worker "#,
            #"main.2 "neighbour", for "#, "the run was not recorded; to record one: pooltrace run -- ",
            #"task main.1 "early" failed: fault_cases.Unreadable"#,
            #"pooltrace: SIG"#, " in task main.3 \"doomed\"\n",
            #"pooltrace: in flight: main.3 "doomed", submitted by main at"#,
            #"pooltrace: in flight: main.2 "neighbour", submitted by main at fault_cases/main.swift:"#,
        ] { #expect(run.error.contains(part), "no \(part) in \(run)") }
    }

    @Test("is told of in the trace, as on standard error")
    func trace() async throws {
        try await withTemporaryDirectory { directory in
            let run = try await run(["overflow"], ["POOLTRACE_TRACE": directory.path("trace")])
            #expect(run.error.contains("pooltrace replay \(directory.path("trace")) -- "), "\(run)")
            let failures = try await Child.run(
                BuiltProduct.path("pooltrace"), ["failures", directory.path("trace")], environment: ["NO_COLOR": "1"])
            let told = run.error.split(separator: "\n").filter { !$0.hasPrefix("pooltrace: ") }
            for line in told { #expect(failures.output.contains(line), "\(line)\n\(failures)") }
            #expect(told.count > 15, "\(run)")
        }
    }

    @Test("is told of in a map's element, in an async task, in a child and in serial mode")
    func places() async throws {
        let element = try await run(["element"])
        #expect(element.error.contains("task main.3[2] failed: SIG"), "\(element)")
        #expect(element.error.contains("  input      5\n"), "\(element)")
        let async = try await run(["async"])
        #expect(async.error.contains(" failed: SIG"), "\(async)")
        let child = try await run(["child"])
        #expect(child.error.contains(#"task main.3.1 "doomed" failed: SIG"#), "\(child)")
        #expect(child.error.contains(#"by main.3 "parent" at "#), "\(child)")
        let serial = try await run(["child", "serial"], ["POOLTRACE_MODE": "serial:lifo"])
        #expect(serial.error.contains(#"task main.3.1 "doomed" failed: SIG"#), "\(serial)")
    }

    @Test("outside of every task tells what is in flight")
    func outside() async throws {
        let run = try await run(["outside"])
        #expect(run.error.contains(" outside any task\n"), "\(run)")
        #expect(run.error.contains(#"in flight: main.2 "neighbour""#), "\(run)")
        #expect(run.error.contains(#"task main.1 "early" failed: fault_cases.Unreadable"#), "\(run)")
    }

    @Test("in what describes the input does not keep the process from ending")
    func hostile() async throws {
        let run = try await run(["hostile"])
        #expect([.signalled(SIGILL), .signalled(SIGTRAP)].contains(run.status), "\(run)")
        #expect(run.error.contains(#"in flight: main.3 "doomed", submitted by main at "#), "\(run)")
        #expect(run.error.contains("(the report failed)"), "\(run)")
    }

    @Test("is left alone where that is asked for")
    func off() async throws {
        let run = try await run(["fatal"], ["POOLTRACE_FAULTS": "off"])
        #expect([.signalled(SIGILL), .signalled(SIGTRAP)].contains(run.status), "\(run)")
        #expect(!run.error.contains("doomed"), "\(run)")
    }

    @Test("is told of by Swift's own backtrace afterwards")
    func backtrace() async throws {
        let run = try await run(["bounds"], ["SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no,timeout=20s"])
        let report = try #require(run.error.range(of: #"task main.3 "doomed" failed"#), "\(run)")
        let backtrace = try #require(run.error.range(of: "Thread 0"), "\(run)")
        #expect(report.lowerBound < backtrace.lowerBound, "\(run)")
    }
}
