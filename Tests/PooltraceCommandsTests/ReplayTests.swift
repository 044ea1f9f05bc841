import Foundation
import PoolModel
import PoolSchedule
import TestSupport
import Testing

/// Real programs, recorded and run again in the recorded order.
@Suite("pooltrace replay")
struct ReplayTests {
    private func pooltrace(_ arguments: [String], in folder: TemporaryDirectory) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), arguments,
            environment: ["XDG_STATE_HOME": folder.path("state"), "POOLTRACE_LTTNG": "off"])
    }

    private func record(_ mode: String, seed: Int, to trace: String, _ program: [String]) async throws {
        try await Child.run(
            program[0], Array(program.dropFirst()),
            environment: [
                "POOLTRACE_MODE": mode, "POOLTRACE_SEED": "\(seed)", "POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off",
            ]
        ).requireSuccess()
    }

    /// What was chosen, step by step. (How many were ready counts tickets of tasks that others have run, until they are
    /// drawn.)
    private func decisions(_ trace: String, in folder: TemporaryDirectory) async throws -> [String] {
        let events = try await pooltrace(["events", "--no-times", trace], in: folder).requireSuccess()
        return events.output.split(separator: "\n").filter { $0.hasPrefix("pooltrace:step:") }
            .map { $0.replacing(#/ready = \d+, /#, with: "") }.map(String.init)
    }

    @Test("of a serial run decides the same at each step, by its schedule as well", arguments: 1...5)
    func serial(seed: Int) async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "order"]
            let trace = folder.path("trace")
            try await record("serial:random", seed: seed, to: trace, program)
            let recorded = try await decisions(trace, in: folder)
            #expect(recorded.count > 5)
            let replay = try await pooltrace(
                ["replay", "-o", folder.path("again"), "--save", folder.path("a.schedule"), trace, "--"] + program,
                in: folder)
            #expect(replay.succeeded, "\(replay)")
            #expect(replay.error.contains("reproduced with order 1 ("), "\(replay)")
            #expect(try await decisions(folder.path("again/try-1.trace"), in: folder) == recorded)
            let followed = try await pooltrace(
                ["replay", "--strict", "-o", folder.path("third"), folder.path("a.schedule"), "--"] + program,
                in: folder)
            #expect(followed.succeeded, "\(followed)")
            #expect(followed.error.contains("the schedule was followed to the end"), "\(followed)")
            #expect(!(replay.error + followed.error).contains("had other arguments"), "\(replay)\n\(followed)")
            #expect(try await decisions(folder.path("third"), in: folder) == recorded)
        }
    }

    @Test("says that the command has other arguments or workers than the recorded one")
    func otherCommand() async throws {
        try await withTemporaryDirectory { folder in
            let program = try BuiltProduct.path("pool-cases")
            let trace = folder.path("trace")
            try await record("serial", seed: 1, to: trace, [program, "order"])
            let other = try await pooltrace(
                ["replay", "--tries", "1", trace, "--", program, "order", "more"], in: folder)
            let sentence =
                "the recorded run had other arguments: it was '\(program) order', and this one is '\(program) order more'\n"
            #expect(other.error.contains(sentence), "\(other)")
            let wider = try await pooltrace(
                ["replay", "--workers", "3", "--save", folder.path("a.schedule"), trace, "--", program, "order"],
                in: folder)
            #expect(
                wider.error.contains("the recorded run had no --workers, and this one has --workers 3\n"), "\(wider)")
            #expect(
                wider.error.contains("again     pooltrace replay --workers 3 \(folder.path("a.schedule")) -- "),
                "\(wider)")
            let followed = try await pooltrace(
                ["replay", folder.path("a.schedule"), "--", program, "order", "more"], in: folder)
            #expect(
                followed.error.contains("the run that the schedule is from had other arguments: it was "), "\(followed)"
            )
        }
    }

    @Test(
        "of a parallel run that failed since two tasks waited in their middle fails again, by starts or ends",
        arguments: ["racer", "racing-elements", "racing-threads"])
    func parallelInTheMiddle(name: String) async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), name]
            // Most fail: both tasks wait for a millisecond.
            var isRecorded = false
            for attempt in 1...50 where !isRecorded {
                let run = try await Child.run(
                    program[0], [program[1]],
                    environment: ["POOLTRACE_TRACE": folder.path("trace-\(attempt)"), "POOLTRACE_LTTNG": "off"])
                guard run.status == .exited(1) else { continue }
                isRecorded = true
                let replay = try await pooltrace(
                    [
                        "replay", "--tries", "2", "-o", folder.path("again"), "--save", folder.path("a.schedule"),
                        folder.path("trace-\(attempt)"), "--",
                    ] + program, in: folder)
                #expect(replay.succeeded && replay.error.contains("it fails again in the same way"), "\(replay)")
                let followed = try await pooltrace(["replay", folder.path("a.schedule"), "--"] + program, in: folder)
                #expect(followed.status == .exited(1) && followed.output == "left -60\n", "\(followed)")
                #expect(followed.error.contains("the schedule was followed to the end"), "\(followed)")
                let found = try FileManager.default.contentsOfDirectory(atPath: folder.path("again"))
                let trace = try #require(found.first { $0.hasSuffix(".trace") })
                let again = try await pooltrace(
                    ["replay", "--strict", folder.path("again/\(trace)"), "--"] + program, in: folder)
                #expect(again.succeeded && again.error.contains("it fails again in the same way"), "\(again)")
            }
            #expect(isRecorded)
        }
    }

    @Test("of a parallel run that passed passes")
    func parallel() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "order"]
            try await record("parallel", seed: 0, to: folder.path("trace"), program)
            let replay = try await pooltrace(
                ["replay", "-o", folder.path("again"), folder.path("trace"), "--"] + program, in: folder)
            #expect(replay.succeeded, "\(replay)")
            #expect(replay.error.contains("pooltrace: the recorded run did not fail"), "\(replay)")
        }
    }

    @Test("refuses another program, and a schedule that is none, before anything runs")
    func refused() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "order"]
            try await record("serial", seed: 0, to: folder.path("trace"), program)
            let other = try await pooltrace(["replay", folder.path("trace"), "--", "sh", "-c", "true"], in: folder)
            #expect(other.status == .exited(125), "\(other)")
            #expect(
                other.error.contains("the trace is of pool-cases, but the command runs sh"),
                "\(other)")
            try folder.write("pooltrace schedule 1\nprogram \"pool-cases\"\n", to: "cut.schedule")
            let cut = try await pooltrace(["replay", folder.path("cut.schedule"), "--"] + program, in: folder)
            #expect(cut.status == .exited(125) && cut.output == "", "\(cut)")
            #expect(
                cut.error.contains("cut.schedule:3: expected 'build-id' and a text in quotes, found the end"), "\(cut)")
            for options in [[], ["--format", "json"]] {
                let missing = try await pooltrace(
                    ["replay"] + options + [folder.path("none"), "--"] + program, in: folder)
                #expect(missing.status == .exited(125) && missing.output == "", "\(missing)")
                #expect(missing.error == "pooltrace: \(folder.path("none")): No such file or directory\n", "\(missing)")
            }
            let json = try await pooltrace(
                ["replay", "--format", "json", folder.path("cut.schedule"), "--"] + program, in: folder)
            #expect(json.status == .exited(64) && json.output == "", "\(json)")
            #expect(json.error.contains("Error: '--format json' requires a trace"), "\(json)")
            #expect(json.error.contains("\nUsage: pooltrace replay ["), "\(json)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("state/pooltrace")) == [])
        }
    }

    /// A schedule of `pool-cases order`, changed.
    private func schedule(in folder: TemporaryDirectory, _ change: (inout Schedule) -> Void) async throws -> String {
        let program = [try BuiltProduct.path("pool-cases"), "order"]
        let trace = folder.path("trace-\(UInt32.random(in: 0 ... .max))")
        try await record("serial:random", seed: 3, to: trace, program)
        try await pooltrace(["replay", "--save", folder.path("a.schedule"), trace, "--"] + program, in: folder)
            .requireSuccess()
        let text = try Data(contentsOf: URL(fileURLWithPath: folder.path("a.schedule")))
        var schedule = try Schedule(parsing: text, file: "a")
        change(&schedule)
        try folder.write(schedule.text, to: "b.schedule")
        return folder.path("b.schedule")
    }

    @Test("says where a run leaves the schedule, and goes on; with --strict it stops there")
    func divergence() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "order"]
            let changed = try await schedule(in: folder) { schedule in
                // A task that the program does not have any more, in the middle.
                let gone = Schedule.Task(
                    number: 77, path: "main.99", site: .init(file: "order/Old.swift", line: 7, function: "old()"),
                    name: nil)
                schedule.tasks.append(gone)
                if case .steps(var steps) = schedule.order {
                    steps.insert(TaskPart(task: 77), at: 5)
                    schedule.order = .steps(steps)
                }
            }
            let replay = try await pooltrace(
                ["replay", "-o", folder.path("again"), changed, "--"] + program, in: folder)
            #expect(replay.succeeded, "\(replay)")
            #expect(
                replay.error.contains(
                    ": expected main.99, submitted at order/Old.swift:7, which was not ready; ran main."),
                "\(replay)")
            #expect(replay.error.contains("step 6 of "), "\(replay)")
            let events = try await pooltrace(["events", folder.path("again")], in: folder)
            #expect(events.output.contains("pooltrace:divergence: { place = 6, expected = 77,"))
            let strict = try await pooltrace(
                ["replay", "--strict", "-o", folder.path("strict"), changed, "--"] + program, in: folder)
            #expect(strict.status == .exited(65) && strict.output != replay.output, "\(strict)")
        }
    }

    @Test("of another build goes by path, function and name; that of another program is not followed")
    func otherBuild() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "order"]
            let older = try await schedule(in: folder) { $0.program.buildID = "00ff" }
            let replay = try await pooltrace(["replay", older, "--"] + program, in: folder)
            #expect(replay.succeeded && replay.error.contains("was made by another build of pool-cases"), "\(replay)")
            #expect(replay.error.contains("the schedule was followed to the end"), "\(replay)")
            let renamed = try await schedule(in: folder) { $0.program.name = "other" }
            let other = try await pooltrace(["replay", renamed, "--"] + program, in: folder)
            #expect(other.error.contains("is a schedule of other, and this is pool-cases"), "\(other)")
            #expect(
                other.error.contains("the schedule is for other, and no process of this run was that program"),
                "\(other)")
            #expect(other.status == .exited(65), "\(other)")
            let foreign = try await pooltrace(["replay", older, "--", program[0], "racer"], in: folder)
            #expect(foreign.status == .exited(65), "\(foreign)")
            #expect(
                foreign.error.contains("the schedule does not match this program: none of its tasks ran\n"),
                "\(foreign)")
        }
    }
}
