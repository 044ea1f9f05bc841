import Foundation
import PoolSchedule
import TestSupport
import Testing

/// The example program whose flush may come after its close: searched, shrunk, and run again.
@Suite("pooltrace explore, minimize and verify")
struct ExploreTests {
    private func pooltrace(
        _ arguments: [String], in folder: TemporaryDirectory, environment: [String: String?] = [:]
    ) async throws -> ChildResult {
        let own = ["XDG_STATE_HOME": folder.path("state"), "POOLTRACE_LTTNG": "off"]
        return try await Child.run(
            BuiltProduct.path("pooltrace"), arguments, environment: environment.merging(own) { $1 })
    }

    private var program: [String] {
        get throws { [try BuiltProduct.path("bugs"), "--patience", "30", "close-overtakes-flush"] }
    }

    private func schedule(in folder: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".schedule") }
        // Two runs at a time may find two kinds of failure at once.
        guard let first = names.min() else { throw TestSupportError("\(folder): no schedule") }
        return "\(folder)/\(first)"
    }

    @Test("find the failure, shrink it to one delay, say which task comes after which, and fail again each time")
    func all() async throws {
        try await withTemporaryDirectory { folder in
            let found = folder.path("found")
            let explore = try await pooltrace(
                ["explore", "--schedules", "40", "-o", found, "--"] + program, in: folder)
            #expect(explore.status == .exited(2) && explore.output == "", "\(explore)")
            #expect(explore.error.contains("40 executions in "), "\(explore)")
            #expect(explore.error.contains("\nfailure 1: bugs.CloseOvertakesFlush.LogClosed at "), "\(explore)")
            #expect(!explore.error.contains("failure 2") && explore.error.contains("shrink "), "\(explore)")
            let occurred =
                #/\nIt occurred in \d+ of 40 executions: \d+ with .*\. The first was execution \d+, with [a-z]/#
            #expect(explore.error.contains(occurred), "\(explore)")
            // Alone the task would pass; the schedule is what fails again.
            #expect(!explore.error.contains("--only") && !explore.error.contains("  replay "), "\(explore)")
            let rare = try schedule(in: found)
            let minimize = try await pooltrace(
                ["minimize", "--save", folder.path("least.schedule"), rare, "--"] + program, in: folder)
            #expect(minimize.succeeded, "\(minimize)")
            #expect(minimize.error.contains("the result failed in 20 of 20 further executions"), "\(minimize)")
            let sentence = try #require(minimize.error.split(separator: "\n").first { $0.hasPrefix("It fails when ") })
            let task =
                #/main\.[\d.]+ "[a-z]+"(?: \(from its decision point \d+ on, after it [^()]+\))? \(submitted at bugs\/CloseOvertakesFlush\.swift:\d+ in [^ ]+\)/#
            #expect(sentence.matches(of: task).count == 2 && sentence.contains(" runs after "), "\(sentence)")
            let least = try Schedule(
                parsing: Data(contentsOf: URL(fileURLWithPath: folder.path("least.schedule"))), file: "least")
            #expect(least.count == 1, "\(least.text)")
            for attempt in 1...10 {
                let replay = try await pooltrace(
                    ["replay", folder.path("least.schedule"), "--"] + program, in: folder)
                #expect(replay.status == .exited(1), "\(attempt): \(replay)")
                #expect(replay.error.contains("failed: bugs.CloseOvertakesFlush.LogClosed"), "\(attempt): \(replay)")
            }
        }
    }

    @Test(
        "find what takes two tasks that wait in their middle, shrink it to one delay, and fail again each time",
        arguments: 1...3)
    func inTheMiddle(seed: Int) async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "racer"]
            let found = folder.path("found")
            let explore = try await pooltrace(
                ["explore", "--first", "--schedules", "100", "--seed", "\(seed)", "-o", found, "--"] + program,
                in: folder)
            #expect(explore.status == .exited(2), "\(explore)")
            let least = folder.path("least.schedule")
            let minimize = try await pooltrace(
                ["minimize", "--save", least, try schedule(in: found), "--"] + program, in: folder)
            #expect(
                minimize.succeeded && minimize.error.contains("the result failed in 20 of 20 further executions"),
                "\(minimize)")
            let schedule = try Schedule(parsing: Data(contentsOf: URL(fileURLWithPath: least)), file: "least")
            #expect(schedule.count == 1 && schedule.granularity == .points, "\(schedule.text)")
            for attempt in 1...10 {
                let replay = try await pooltrace(["replay", least, "--"] + program, in: folder)
                #expect(replay.status == .exited(1) && replay.output == "left -60\n", "\(attempt): \(replay)")
            }
        }
    }

    @Test(
        "do so for async tasks, and for what mixes them with a pool",
        arguments: [
            ("check-then-act", "the program exits with status 1"),
            ("lost-continuation", "lost continuations: nothing resumes the async tasks main, main."),
            ("double-resume", "SIGILL at "),
        ])
    func async(bug: String, symptom: String) async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("bugs"), "--patience", "30", bug]
            let explore = try await pooltrace(
                ["explore", "--first", "--schedules", "200", "-o", folder.path("found"), "--"] + program, in: folder)
            #expect(explore.status == .exited(2) && explore.error.contains(symptom), "\(explore)")
            if bug == "double-resume" {
                // What Swift says of the trap.
                let output = #/\n  output     \S+\/found\/failure-\d+\.err\n {13}_Concurrency\/.* MISUSE: /#
                #expect(explore.error.contains(output), "\(explore)")
            }
            let minimize = try await pooltrace(
                ["minimize", schedule(in: folder.path("found")), "--"] + program, in: folder)
            #expect(minimize.succeeded && minimize.error.contains(#/reduced \d+ delays? to 1 in/#), "\(minimize)")
            #expect(minimize.error.contains("the result failed in 20 of 20 further executions"), "\(minimize)")
            #expect(minimize.error.contains("\nIt fails when main."), "\(minimize)")
            #expect(minimize.error.contains("(submitted at bugs/"), "\(minimize)")
        }
    }

    @Test("have the error's type, its places and the delays as fields of their JSON")
    func json() async throws {
        func object(_ result: ChildResult) throws -> [String: Any] {
            try #require(JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [String: Any], "\(result)")
        }
        func expectFailure(_ failure: [String: Any]) {
            #expect(failure["error_type"] as? String == "bugs.CloseOvertakesFlush.LogClosed", "\(failure)")
            for (key, function) in [("throw_site", "Log.flush()"), ("submit_site", "add(_:on:)")] {
                let site = failure[key] as? [String: Any]
                #expect((site?["file"] as? String)?.hasSuffix("bugs/CloseOvertakesFlush.swift") == true, "\(failure)")
                #expect((site?["function"] as? String)?.hasSuffix(function) == true, "\(failure)")
                #expect(site?["line"] as? Int ?? 0 > 0, "\(failure)")
            }
        }
        try await withTemporaryDirectory { folder in
            let found = folder.path("found")
            let explore = try await object(
                pooltrace(
                    ["explore", "--first", "--schedules", "40", "--format", "json", "-o", found, "--"] + program,
                    in: folder))
            expectFailure(try #require((explore["failures"] as? [[String: Any]])?.first))
            let minimize = try await object(
                pooltrace(["minimize", "--format", "json", schedule(in: found), "--"] + program, in: folder))
            expectFailure(minimize)
            let delay = try #require((minimize["delay_list"] as? [[String: [String: Any]]])?.first, "\(minimize)")
            #expect(minimize["delays"] as? Int == 1 && Set(delay.keys) == ["delayed", "until"])
            for part in delay.values {
                #expect((part["path"] as? String)?.hasPrefix("main.") == true && part["segment"] is Int, "\(part)")
                #expect((part["submit_site"] as? [String: Any])?["line"] is Int, "\(part)")
            }
        }
    }

    @Test("find the same failures again from the same seed")
    func seed() async throws {
        try await withTemporaryDirectory { folder in
            var schedules: [String] = []
            for attempt in ["one", "two"] {
                let explore = try await pooltrace(
                    ["explore", "--schedules", "24", "--seed", "9", "-o", folder.path(attempt), "--"] + program,
                    in: folder)
                #expect(explore.status == .exited(2), "\(explore)")
                let text = try String(contentsOfFile: schedule(in: folder.path(attempt)), encoding: .utf8)
                schedules.append(text)
            }
            #expect(schedules[0] == schedules[1])
        }
    }

    @Test("find nothing in a program without a fault, and leave nothing")
    func faultless() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("pool-cases"), "order"]
            let explore = try await pooltrace(["explore", "--schedules", "12", "--"] + program, in: folder)
            #expect(explore.succeeded, "\(explore)")
            #expect(explore.error.contains("12 executions in ") && explore.error.contains("none failed"), "\(explore)")
            let coverage =
                #/: (\d+) orders of the tasks, of at most (\d+) steps each\. A step ends at a submit/#
            let covered = try #require(explore.error.firstMatch(of: coverage), "\(explore)")
            #expect(7...12 ~= Int(covered.1) ?? 0 && Int(covered.2) ?? 0 > 20, "\(explore)")
            #expect(
                explore.error.contains(
                    " Orders that differ within a step (at an atomic or a free `Mutex`) are not tried\n"),
                "\(explore)")
            #expect(!explore.error.contains("something was not controlled"), "\(explore)")
            let verify = try await pooltrace(["verify", "--strategy", "random", "--"] + program, in: folder)
            #expect(verify.succeeded && verify.error.contains("both runs are the same: "), "\(verify)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("state/pooltrace")) == [])
        }
    }

    @Test("give an order up, and do not call it a failure, where a task spins until another one has done something")
    func spinning() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("async-program"), "flag"]
            let explore = try await pooltrace(
                ["explore", "--schedules", "6", "--timeout", "4", "--format", "json", "--"] + program, in: folder,
                environment: ["POOLTRACE_SPIN": "0.1"])
            #expect(explore.succeeded && explore.error.contains("none failed"), "\(explore)")
            let sentence =
                #/\. (\d) of 6 orders (?:was|were) given up: main\.1, submitted at async-cases\/AsyncCase\+Spinning\.swift:\d+, has run for more than [\d.]+ m?s without a decision point; main/#
            let told = try #require(explore.error.firstMatch(of: sentence), "\(explore)")
            #expect(explore.output.contains("\"uncontrolled\":0,\"given_up\":\(told.1),\"failures\":[]"), "\(explore)")
            #expect(!explore.error.contains("not controlled"), "\(explore)")
        }
    }

    @Test("name the task that spins for ever, and who is ready")
    func stuck() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("async-program"), "stuck"]
            let named =
                #/the program exceeds the time limit: main\.1, submitted at async-cases\/AsyncCase\+Spinning\.swift:\d+, has run for more than [\d.]+ m?s without a decision point; main\.2 "async", main\.3 "async", main\.4 "async" and 2 more are ready/#
            let options = ["--timeout", "2", "--"] + program
            let explore = try await pooltrace(
                ["explore", "--schedules", "1", "--jobs", "1"] + options, in: folder,
                environment: ["POOLTRACE_SPIN": "0.1"])
            #expect(explore.status == .exited(2), "\(explore)")
            #expect(explore.error.contains(named) && !explore.error.contains("given up"), "\(explore)")
            let verify = try await pooltrace(["verify"] + options, in: folder, environment: ["POOLTRACE_SPIN": "0.1"])
            #expect(verify.error.contains(named), "\(verify)")
        }
    }

    @Test("find no failure where a task looks whether it is cancelled until another one cancels it")
    func looks() async throws {
        try await withTemporaryDirectory { folder in
            let program = [try BuiltProduct.path("async-program"), "checks"]
            let explore = try await pooltrace(
                ["explore", "--schedules", "40", "--timeout", "10", "--"] + program, in: folder)
            #expect(explore.succeeded && explore.error.contains("none failed"), "\(explore)")
            #expect(!explore.error.contains("given up") && !explore.error.contains("not controlled"), "\(explore)")
        }
    }

    @Test("are told that a program makes no pool, hangs, or is not there")
    func others() async throws {
        try await withTemporaryDirectory { folder in
            // Without a limit, it ends all the same.
            let without = try await pooltrace(["explore", "--budget", "1h", "--", "true"], in: folder)
            let sentence = "the program created no pool and no async task, so there is only one order\n"
            #expect(without.succeeded && without.error.contains(sentence), "\(without)")
            let hanging = try await pooltrace(
                ["explore", "--schedules", "2", "--timeout", "0.3", "--", "sleep", "30"], in: folder)
            #expect(hanging.status == .exited(2), "\(hanging)")
            #expect(hanging.error.contains("failure 1: the program exceeds the time limit"), "\(hanging)")
            let missing = try await pooltrace(["explore", "--", "/nowhere/at/all"], in: folder)
            #expect(missing.status == .exited(127), "\(missing)")
            for command in ["replay", "minimize"] {
                let missing = try await pooltrace([command, folder.path(""), "--", "/nowhere/at/all"], in: folder)
                #expect(missing.status == .exited(127), "\(missing)")
                #expect(missing.error.contains("cannot run /nowhere/at/all: No such file or directory"), "\(missing)")
            }
            let talking = try await pooltrace(
                ["explore", "--schedules", "2", "--", "sh", "-c", "echo OVERDRAWN; exit 3"], in: folder)
            #expect(talking.error.contains("OVERDRAWN"), "\(talking)")
            for command in ["explore", "verify"] {
                let data = try await pooltrace([command, "--", "/etc/passwd"], in: folder)
                #expect(data.status == .exited(126), "\(data)")
                #expect(data.error == "pooltrace: cannot run /etc/passwd: Permission denied\n", "\(data)")
            }
            let compared = try await pooltrace(["verify", "--format", "json", "--", "true"], in: folder)
            #expect(compared.status == .exited(1), "\(compared)")
            let facts =
                #"{"schema":"pooltrace.verify","version":1,"alike":null,"steps":null,"description":null,"cause":null}"#
            #expect(compared.output.filter { !$0.isWhitespace } == facts, "\(compared)")
            let usage = try await pooltrace(["explore"], in: folder)
            #expect(usage.status == .exited(64) && usage.error.contains("Missing expected argument"), "\(usage)")
            let passing = folder.path("passing.schedule")
            try folder.write(
                Schedule(
                    program: .init(name: "bugs", buildID: "", command: ""), tasks: [], order: .steps([])
                ).text, to: "passing.schedule")
            let nothing = try await pooltrace(["minimize", passing, "--"] + program, in: folder)
            #expect(nothing.status == .exited(1), "\(nothing)")
            #expect(nothing.error.contains("the program passes under this schedule"), "\(nothing)")
        }
    }

    @Test("end at Ctrl-C with what was found so far, and leave no process")
    func interrupted() async throws {
        try await withTemporaryDirectory { folder in
            let arguments =
                ["explore", "--budget", "600", "-o", folder.path("found"), "--"] + (try program)
            let result = try await Child.run(
                BuiltProduct.path("pooltrace"), arguments, environment: ["POOLTRACE_LTTNG": "off"]
            ) { child in
                while (try? self.schedule(in: folder.path("found"))) == nil {
                    try await Task.sleep(for: .milliseconds(20))
                }
                child.send(SIGINT)
            }
            #expect(result.status == .exited(2), "\(result)")
            #expect(result.error.contains("1 failure") && result.error.contains("failure 1: "), "\(result)")
        }
    }
}
