internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite("pooltrace profile")
struct ProfileTests {
    private static let source = "Tests/Programs/profile-cases/main.swift"

    /// The line of the planted program that contains a text, from 1.
    private static func line(_ text: String) throws -> Int {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        let lines = try String(contentsOf: url.appending(path: source), encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return try #require(lines.firstIndex { $0.contains(text) }, "no line with \(text)") + 1
    }

    /// A function of a profile.
    private struct Function {
        let name: String
        let line: Int
        let own: Double
        let total: Double
        let reasons: [String]
    }

    private struct Profile {
        let run: [String: Any]
        let weight: Double
        let functions: [Function]
        let stacks: [[String]]

        func function(_ name: String) throws -> Function {
            try #require(functions.first { $0.name == name }, "no \(name) in \(functions.map(\.name))")
        }
    }

    /// Records a case with samples, and hands over the trace's path.
    private func recording(
        _ arguments: [String], environment: [String: String] = [:], options: [String] = ["--sample"],
        prefix: [String] = [], _ body: (String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            chmod(folder.path, 0o777)
            let trace = folder.path("run")
            let command =
                try prefix + [BuiltProduct.path("pooltrace"), "run"] + options + ["--dir", trace, "--"]
                + [BuiltProduct.path("profile-cases")] + arguments
            let result = try await Child.run(
                command[0], Array(command.dropFirst()),
                environment: environment.merging(["POOLTRACE_LTTNG": "off", "XDG_STATE_HOME": folder.path]) { own, _ in
                    own
                },
                limit: .seconds(120))
            try #require(result.status == .exited(0), "\(result)")
            try await body(trace)
        }
    }

    private func profile(_ trace: String, _ options: String...) async throws -> Profile {
        let result = try await Child.run(
            BuiltProduct.path("pooltrace"), ["profile", trace, "--format", "json"] + options, limit: .seconds(120)
        )
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(result.outputBytes)) as? [String: Any], "\(result)")
        #expect(json["schema"] as? String == "pooltrace.profile")
        let run = try #require((json["runs"] as? [[String: Any]])?.first)
        let functions = (run["functions"] as? [[String: Any]] ?? []).map { function in
            Function(
                name: function["function"] as? String ?? "", line: function["line"] as? Int ?? 0,
                own: function["self_ns"] as? Double ?? 0, total: function["total_ns"] as? Double ?? 0,
                reasons: function["reasons"] as? [String] ?? [])
        }
        let stacks = (run["stacks"] as? [[String: Any]] ?? []).map { stack in
            (stack["frames"] as? [[String: Any]] ?? []).compactMap { $0["function"] as? String }
        }
        return Profile(
            run: run, weight: run["weight_ns"] as? Double ?? 0, functions: functions, stacks: stacks)
    }

    private func text(_ trace: String, _ options: String...) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), ["profile", trace] + options, environment: ["COLUMNS": "200"])
    }

    private func checkBusy(_ profile: Profile) throws {
        let hot = try profile.function("hotLoop(until:)"), warm = try profile.function("warmLoop(until:)")
        // Three quarters and one, by the clock: another program may take a part of either.
        #expect(hot.total > 0.5 * profile.weight && warm.total < 0.45 * profile.weight, "\(profile.functions)")
        #expect(abs(hot.total + warm.total - profile.weight) < 0.1 * profile.weight, "\(profile.functions)")
        // Where its loop is, inlined or not.
        let first = try #require(profile.functions.first)
        #expect(["spin(_:)", "hotLoop(until:)"].contains(first.name), "\(profile.functions)")
    }

    @Test("names the function that is busy, by perf events and by timers", arguments: ["auto", "timer"])
    func busy(method: String) async throws {
        try await recording(["busy", "1500"], environment: ["POOLTRACE_SAMPLE_METHOD": method]) { trace in
            let profile = try await profile(trace)
            try checkBusy(profile)
            let sampling = try #require(profile.run["sampling"] as? [String: Any])
            #expect(sampling["period_ns"] as? Int == 1_000_000 && sampling["lost"] as? Int == 0, "\(sampling)")
            if method == "timer" { #expect(sampling["perf"] as? Int == 0, "\(sampling)") }
            let text = try await text(trace)
            #expect(
                text.output.contains("hotLoop(until:)") && text.output.contains("on a processor, one for each"),
                "\(text)")
            if method == "timer" { #expect(text.output.contains("by timers, at the kernel's tick"), "\(text)") }
        }
    }

    @Test("names it without privileges as well", .enabled(if: geteuid() == 0 && access("/usr/bin/setpriv", X_OK) == 0))
    func unprivileged() async throws {
        let nobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
        for method in ["auto", "timer"] {
            try await recording(
                ["busy", "1500"], environment: ["POOLTRACE_SAMPLE_METHOD": method, "HOME": "/"], prefix: nobody
            ) { trace in try checkBusy(try await profile(trace)) }
        }
    }

    @Test("agrees with perf record on the hottest functions", .enabled(if: access("/usr/bin/perf", X_OK) == 0))
    func perf() async throws {
        try await withTemporaryDirectory { folder in
            let data = folder.path("perf.data")
            let record = try await Child.run(
                "/usr/bin/perf",
                [
                    "record", "-q", "-e", "cpu-clock:u", "-F", "999", "-o", data, BuiltProduct.path("profile-cases"),
                    "busy", "1500",
                ],
                environment: ["POOLTRACE_LTTNG": "off"], limit: .seconds(120))
            guard record.status == .exited(0) else {
                // A container may refuse perf events.
                return print("perf does not run here: \(record.error)")
            }
            let report = try await Child.run(
                "/usr/bin/perf",
                ["report", "-i", data, "--stdio", "--no-children", "-F", "overhead,sym", "--percent-limit", "10"],
                limit: .seconds(120)
            ).requireSuccess()
            let symbols = report.lines.filter { !$0.hasPrefix("#") && $0.contains("[.]") }
            try #require(!symbols.isEmpty, "\(report)")
            try await recording(["busy", "1500"]) { trace in
                let profile = try await profile(trace)
                let hottest = profile.functions.filter { $0.own > 0.1 * profile.weight }
                #expect(hottest.count == symbols.count, "\(hottest) and \(symbols)")
                for (function, symbol) in zip(hottest, symbols) {
                    // A mangled name has the base name in it.
                    let base = function.name.prefix { $0 != "(" }.split(separator: ".").last.map(String.init) ?? ""
                    #expect(symbol.contains(base), "\(hottest) and \(symbols)")
                }
            }
        }
    }

    @Test("names the lines where tasks are blocked, and what they wait for")
    func blocked() async throws {
        try await recording(["blocked", "80"]) { trace in
            let profile = try await profile(trace, "--blocked")
            for (name, text, reason) in [
                ("readSlowly(_:)", "return read(descriptor", "a read of descriptor"),
                ("sleepSoundly(_:)", "usleep(UInt32(milliseconds)", "time to pass"),
                ("waitInLine(_:)", "convoy.withLock { count in", "a lock"),
                ("holdOwnLock(_:)", "ownLock.withLock", "a RecursiveLock, taken at profile_cases/main.swift:"),
                ("waitForTask(_:)", "try task.value()", "task main."),
            ] {
                let function = try profile.function(name)
                let line = try Self.line(text)
                #expect(function.line == line, "\(function)")
                #expect(function.own > 60e6, "\(function)")
                #expect(function.reasons.contains { $0.hasPrefix(reason) }, "\(function)")
            }
            let own = try profile.function("holdOwnLock(_:)")
            #expect(own.reasons.allSatisfy { $0.hasSuffix(" \"own lock\" holds it") }, "\(own)")
            let text = try await text(trace, "--blocked")
            #expect(text.output.contains("each of a task that was blocked for 10.0 ms or longer"), "\(text)")
        }
    }

    @Test("goes on with the callers that wait in an async task")
    func callers() async throws {
        try await recording(["async", "1000"]) { trace in
            let profile = try await profile(trace)
            try checkBusy(profile)
            let hot = profile.stacks.filter { $0.contains("hotLoop(until:)") }
            #expect(!hot.isEmpty)
            for stack in hot {
                let places = ["outerAsync(_:)", "innerAsync(_:)", "busy(_:)", "hotLoop(until:)"].map(stack.firstIndex)
                #expect(places.allSatisfy { $0 != nil } && places.compactMap { $0 }.sorted() == places, "\(stack)")
            }
        }
    }

    @Test("tells the elements of a map apart, and each format has the same time")
    func elements() async throws {
        try await recording(["map", "1000"]) { trace in
            let whole = try await profile(trace)
            let third = try await profile(trace, "--task", "main.1[2]")
            #expect(third.weight > 0.95 * whole.weight && whole.weight > 0, "\(third.weight) of \(whole.weight)")
            let first = try await profile(trace, "--task", "main.1[0]")
            #expect(first.weight < 0.05 * whole.weight)
            func output(_ format: String) async throws -> ChildResult {
                try await Child.run(
                    BuiltProduct.path("pooltrace"), ["profile", trace, "--format", format], limit: .seconds(120))
            }
            let collapsed = try await output("collapsed").output.split(separator: "\n")
            let microseconds = collapsed.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            #expect(collapsed.count == microseconds.count)
            #expect(abs(microseconds.reduce(0, +) * 1000 - whole.weight) < 1e6, "\(collapsed)")
            let speedscope = try await output("speedscope").outputBytes
            let json = try JSONSerialization.jsonObject(with: Data(speedscope)) as? [String: Any]
            let profiles = try #require(json?["profiles"] as? [[String: Any]])
            let weights = profiles.flatMap { $0["weights"] as? [Double] ?? [] }
            #expect(weights.reduce(0, +) == whole.weight)
            #expect(profiles.flatMap { $0["samples"] as? [[Int]] ?? [] }.count == weights.count)
            let pprof = try await output("pprof").outputBytes
            #expect(pprof.count > 100 && Data(pprof).range(of: Data("hotLoop(until:)".utf8)) != nil)
        }
    }

    @Test("leaves a child that the program starts alone")
    func fork() async throws {
        try await recording(["fork", "300"]) { trace in
            let profile = try await profile(trace)
            #expect(profile.weight > 0)
        }
    }

    @Test("of a serial run has the same functions")
    func serial() async throws {
        try await recording(["busy", "800"], options: ["--sample", "--serial"]) { trace in
            try checkBusy(try await profile(trace))
        }
    }

    @Test("says what to do where nothing was sampled; then there is no event of it either")
    func nothing() async throws {
        try await recording(["busy", "50"], options: []) { trace in
            let text = try await text(trace)
            #expect(text.status == .exited(0) && text.output.contains("pooltrace run --sample"), "\(text)")
            let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", trace])
            #expect(!events.output.contains("sampl"), "\(events)")
        }
        let both = try await Child.run(
            BuiltProduct.path("pooltrace"), ["run", "--sample", "--races", "--", BuiltProduct.path("profile-cases")])
        #expect(both.status == .exited(64) && both.error.contains("mutually exclusive"), "\(both)")
        let refused = try await Child.run(
            BuiltProduct.path("pooltrace"),
            ["run", "--sample=5", "--", BuiltProduct.path("profile-cases"), "busy", "10"])
        #expect(refused.status == .exited(64) && refused.error.contains("5"), "\(refused)")
    }
}
