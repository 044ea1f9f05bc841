import Foundation
import TestSupport
import Testing

/// A stop before the body of a task.
@Suite("A debugger")
struct DebuggerTests {
    private func gdb(_ commands: [String], _ environment: [String: String], _ program: [String]) async throws
        -> ChildResult
    {
        let setting = ["set startup-with-shell off", "run"] + commands
        return try await Child.run(
            InstalledProgram.path("gdb"), ["-q", "-batch"] + setting.flatMap { ["-ex", $0] } + ["--args"] + program,
            environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { own, _ in own })
    }

    @Test(
        "stops before the body of a task, of a map's element and in serial mode",
        arguments: ["parallel", "serial:lifo"])
    func stops(mode: String) async throws {
        let program = try BuiltProduct.path("pool-program")
        let task = try await gdb(
            ["bt 4"], ["POOLTRACE_BREAK_AT": "main.4", "POOLTRACE_MODE": mode], [program, "fail"])
        #expect(task.output.contains("SIGTRAP"), "\(task)")
        #expect(task.output.contains("pooltrace_task_starts"), "\(task)")
        #expect(task.error.contains("task main.4 starts: its body is called after"), "\(task)")
        let element = try await gdb(
            ["bt 4", "continue"], ["POOLTRACE_BREAK_AT": "main.1[1]", "POOLTRACE_MODE": mode, "POOLTRACE_RING": "off"],
            [program, "succeed"])
        #expect(element.output.contains("pooltrace_task_starts"), "\(element)")
        #expect(element.output.contains("[1, 2]"), "\(element)")
    }

    @Test("is started by replay, at the task that failed")
    func replay() async throws {
        try await withTemporaryDirectory { directory in
            let program = try BuiltProduct.path("pool-program")
            let trace = directory.path("trace")
            _ = try await Child.run(
                program, ["fail"], environment: ["POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off"])
            let pooltrace = try BuiltProduct.path("pooltrace")
            let replay = try await Child.run(
                "sh",
                [
                    "-c",
                    "printf 'bt 3\\nkill\\nquit\\n' | \(pooltrace) replay --debugger gdb -o \(directory.path("out")) \(trace) -- \(program) fail",
                ])
            #expect(replay.output.contains("pooltrace_task_starts"), "\(replay)")
            #expect(replay.error.contains("task main.3 starts"), "\(replay)")
        }
    }

    @Test("that is missing leaves the program alone, and says how to start one")
    func none() async throws {
        let run = try await Child.run(
            BuiltProduct.path("pool-program"), ["succeed"],
            environment: ["POOLTRACE_BREAK_AT": "main.1[0]", "POOLTRACE_LTTNG": "off"])
        #expect(run.status == .exited(0) && run.output == "[1, 2]\n", "\(run)")
        #expect(run.error.contains("task main.1[0] starts, but no debugger is attached"), "\(run)")
        let usage = try await Child.run(
            BuiltProduct.path("pooltrace"), ["replay", "--break-at", "main.1", "trace", "--", "true"])
        #expect(usage.status == .exited(64), "\(usage)")
    }
}
