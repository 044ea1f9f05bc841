import TestSupport
import Testing

/// The clocks of a program that the command runs one task at a time.
@Suite("Virtual clock")
struct ClockTests {
    private func run(_ arguments: [String], _ program: [String]) async throws -> ChildResult {
        try await withTemporaryDirectory { directory in
            try await Child.run(
                BuiltProduct.path("pooltrace"),
                arguments + ["--", BuiltProduct.path(program[0])] + program.dropFirst(),
                environment: ["POOLTRACE_LTTNG": "off", "NO_COLOR": "1", "XDG_STATE_HOME": directory.path("state")])
        }
    }

    @Test("Sleeps, limits, timers and loops that look at a clock take what they should, in no time")
    func durations() async throws {
        let program = ["pool-cases", "clocks", "exact"]
        let first = try await run(["run", "--serial"], program).requireSuccess()
        #expect(first.lines.contains("sleepers [10, 20, 30, 40]"), "\(first)")
        #expect(first.lines.contains { $0.hasPrefix("a limit 0.0500") }, "\(first)")
        for arguments in [["run", "--serial"], ["run", "--serial"], ["run", "--strategy", "lifo"]] {
            #expect(try await run(arguments, program).lines == first.lines, "\(arguments)")
        }
        for seed in 1...3 {
            let seeded = try await run(["run", "--seed", "\(seed)"], program).requireSuccess()
            #expect(try await run(["run", "--seed", "\(seed)"], program).lines == seeded.lines, "seed \(seed)")
        }
    }

    @Test("No order gives a program a time that no parallel run has", arguments: ["clocks", "foreign-clocks"])
    func orders(program: String) async throws {
        let native = try await Child.run(
            BuiltProduct.path("pool-cases"), ["foreign-clocks"], environment: ["POOLTRACE_LTTNG": "off"])
        #expect(native.succeeded, "\(native)")
        let serial = try await run(["run", "--serial"], ["pool-cases", program])
        #expect(serial.succeeded, "\(serial)")
        #expect(
            serial.error.contains("sleeps and timeouts took real time") == (program == "foreign-clocks"), "\(serial)")
        let explored = try await run(["explore", "--schedules", "40"], ["pool-cases", program])
        #expect(explored.error.contains("none failed"), "\(explored)")
    }

    @Test("A program without pools that waits by the clock does what it does in a parallel run", arguments: 1...5)
    func quiet(seed: Int) async throws {
        let plain = [["--serial"], ["--strategy", "lifo"]]
        let seeded = ["random", "delays", "pct"].map { ["--strategy", $0, "--seed", "\(seed)"] }
        for strategy in plain + seeded {
            let run = try await run(["run"] + strategy, ["runtime-cases", "quiet"])
            #expect(run.lines == ["quiet after 1 look"], "\(strategy) \(run)")
        }
        let explored = try await self.run(
            ["explore", "--schedules", "100", "--seed", "\(seed)"], ["runtime-cases", "quiet"])
        #expect(explored.error.contains("none failed"), "\(explored)")
    }
}
