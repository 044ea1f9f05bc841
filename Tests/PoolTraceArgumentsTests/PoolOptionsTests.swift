import TestSupport
import Testing

/// A program reads the options, because they are settings of a whole process.
@Suite struct PoolOptionsTests {
    private func run(_ arguments: [String], environment: [String: String?] = [:]) async throws -> [String] {
        try await Child.run(BuiltProduct.path("pool-options"), arguments, environment: environment).requireSuccess()
            .lines
    }

    @Test func withoutOptionsThePoolIsParallelAndTheCommandAsGiven() async throws {
        let lines = try await run(["--name", "x y"])
        #expect(lines.contains("mode parallel"))
        #expect(lines.contains("only -"))
        #expect(lines.contains("trace -"))
        let command = try #require(lines.first { $0.hasPrefix("command ") })
        #expect(command.hasSuffix("pool-options --name 'x y'"))
    }

    @Test(
        arguments: [
            (["--serial"], "serial fifo"), (["--strategy", "lifo"], "serial lifo"),
            (["--strategy=inline"], "serial inline"), (["--seed", "7"], "serial random"),
            (["--serial", "--seed", "7"], "serial random"), (["--strategy", "random", "--seed=7"], "serial random"),
            (["--only", "main.2"], "serial fifo"), (["--only", "main.2", "--strategy", "lifo"], "serial lifo"),
            (["--workers", "3"], "parallel"),
        ])
    func theModeIsWhatTheOptionsSayOrImply(arguments: [String], mode: String) async throws {
        let lines = try await run(arguments)
        #expect(lines.contains("mode \(mode)"), "\(arguments): \(lines)")
        #expect(
            lines.contains("seed \(arguments.contains { $0.hasPrefix("--seed") } ? 7 : 0)"), "\(arguments): \(lines)")
    }

    @Test func theStrategyOrdersTheTasks() async throws {
        func order(_ arguments: String...) async throws -> [String] {
            try await run(arguments).filter { $0.hasPrefix("task ") }
        }
        let numbers = (1...5).map { "task \($0)" }
        #expect(try await order("--serial") == numbers)
        #expect(try await order("--strategy", "inline") == numbers)
        #expect(try await order("--strategy", "lifo") == numbers.reversed())
        #expect(try await order("--seed", "3") == order("--seed", "3"))
        #expect(try await order("--seed", "3").sorted() == numbers)
        #expect(try await order("--only", "main.4") == ["task 4"])
    }

    @Test func workersHoldForPools() async throws {
        #expect(try await run(["--workers", "3"]).contains("workers 3"))
        #expect(try await run(["--workers", "3", "--serial"]).contains("workers 3"))
        #expect(try await run(["--workers", "3", "--strategy", "inline"]).contains("workers 1"))
    }

    @Test func theTraceIsRecordedIntoTheFolder() async throws {
        try await withTemporaryDirectory { directory in
            let lines = try await run(["--trace", directory.path("run")])
            #expect(lines.contains("trace \(directory.path("run"))"))
            #expect(try directory.contents().contains("run/metadata"))
        }
    }

    @Test func optionsComeBeforeTheEnvironment() async throws {
        let environment = [
            "POOLTRACE_MODE": "serial:lifo", "POOLTRACE_WORKERS": "2", "POOLTRACE_SEED": "1",
            "POOLTRACE_ONLY": "main.1",
        ]
        let own = try await run([], environment: environment)
        #expect(own.contains("mode serial lifo") && own.contains("only main.1") && own.contains("seed 1"))
        #expect(try await run(["--serial"], environment: environment).contains("mode serial lifo"))
        let lines = try await run(
            ["--strategy", "random", "--seed", "9", "--only", "main.2"], environment: environment)
        #expect(lines.contains("mode serial random") && lines.contains("seed 9") && lines.contains("only main.2"))
    }

    @Test func theCommandInReportsIsWithoutThem() async throws {
        try await withTemporaryDirectory { directory in
            let own = [
                "--serial", "--strategy", "random", "--seed=4", "--workers", "3", "--trace", directory.path("run"),
                "--only", "main.1",
            ]
            let lines = try await run(own + ["--name=a", "--", "--serial", "--seed", "1"])
            let command = try #require(lines.first { $0.hasPrefix("command ") })
            #expect(command.hasSuffix("pool-options --name=a -- --serial --seed 1"))
        }
    }

    @Test(
        arguments: [
            (["--strategy", "best"], ["--strategy best", "fifo, lifo, random, delays"]),
            (["--workers", "0"], ["--workers <number>", "from 1 to 4096"]),
            (["--workers", "9999"], ["from 1 to 4096"]),
            (["--workers", "two"], ["two", "--workers"]), (["--seed=-1"], ["--seed", "from 0"]),
            (["--seed", "1", "--strategy", "lifo"], ["--strategy random", "found --strategy lifo"]),
            (["--only", "main.x"], ["--only main.x", "such as main.3"]),
            (["--trace", ""], ["--trace", "a directory"]),
        ])
    func aBadValueIsAUsageErrorThatSaysWhatIsAllowed(arguments: [String], parts: [String]) async throws {
        let result = try await Child.run(BuiltProduct.path("pool-options"), arguments)
        #expect(result.status == .exited(64), "\(result)")
        for part in parts {
            #expect(result.error.contains(part), "\(result)")
        }
    }
}
