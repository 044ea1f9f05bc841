import Foundation
import TestSupport
import Testing

@Suite("pooltrace run")
struct RunTests {
    private static func run(
        _ arguments: [String], environment: [String: String?] = [:],
        while body: @escaping @Sendable (Child) async throws -> Void = { _ in }
    ) async throws -> ChildResult {
        try await Child.run(
            try BuiltProduct.path("pooltrace"), ["run"] + arguments, environment: environment, while: body)
    }

    private static let endings: [(command: [String], status: Int32)] = [
        (["sh", "-c", "exit 7"], 7),
        (["sh", "-c", "kill -KILL $$"], 128 + SIGKILL),
        (["/nowhere/program"], 127),
        (["/tmp"], 126),
    ]

    @Test("exits with the program's status, or as a shell would", arguments: endings)
    func exitStatus(command: [String], status: Int32) async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--dir", folder.path("trace"), "--"] + command)
            #expect(result.status == .exited(status), "\(result)")
            #expect(try folder.contents() == [], "\(command) recorded nothing")
        }
    }

    private static let options: [(options: [String], variables: [String: String])] = [
        ([], [:]),
        (["--serial", "--no-pin"], ["POOLTRACE_MODE": "serial"]),
        (["--strategy", "lifo", "--no-pin"], ["POOLTRACE_MODE": "serial:lifo"]),
        (
            ["--seed", "7"],
            [
                "POOLTRACE_MODE": "serial:random", "POOLTRACE_SEED": "7",
                "POOLTRACE_PIN": "addresses,random,clock,time", "POOLTRACE_PIN_SEED": "7",
            ]
        ),
        (
            ["--only", "main.2[17]"],
            [
                "POOLTRACE_MODE": "serial", "POOLTRACE_ONLY": "main.2[17]",
                "POOLTRACE_PIN": "addresses,random,clock,time", "POOLTRACE_PIN_SEED": "0",
            ]
        ),
        (["--workers", "3"], ["POOLTRACE_WORKERS": "3"]),
    ]

    @Test("tells the program's pools what was asked for", arguments: options)
    func environment(options: [String], expected: [String: String]) async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await Self.run(options + ["--dir", trace, "--", "env"])
            let ours = result.lines.filter { $0.hasPrefix("POOLTRACE_") }.sorted()
            let all = expected.merging(["POOLTRACE_TRACE": trace, "POOLTRACE_STACKS": "on"]) { $1 }
            #expect(ours == all.map { "\($0.key)=\($0.value)" }.sorted(), "\(options)")
        }
    }

    @Test(
        "refuses what makes no sense as a usage error",
        arguments: [
            ["--only", "nonsense[", "--", "true"], ["--workers", "0", "--", "true"],
            ["--strategy", "fifo", "--seed", "1", "--", "true"], ["--strategy", "best", "--", "true"], [],
        ])
    func usage(arguments: [String]) async throws {
        let result = try await Self.run(arguments)
        #expect(result.status == .exited(64), "\(result)")
    }

    private static let unseparated: [(typed: [String], meant: String)] = [
        (["run", "./prog", "--serial"], "pooltrace run -- ./prog --serial"),
        (["run", "--workers", "3", "check", "a b"], "pooltrace run --workers 3 -- check 'a b'"),
        (["explore", "--first", "check"], "pooltrace explore --first -- check"),
        (
            ["replay", "--tries", "2", "rare.schedule", "check", "-x"],
            "pooltrace replay --tries 2 rare.schedule -- check -x"
        ),
    ]

    @Test("tells the right command where the -- before the program is missing", arguments: unseparated)
    func missingSeparator(typed: [String], meant: String) async throws {
        let result = try await Child.run(BuiltProduct.path("pooltrace"), typed)
        #expect(result.status == .exited(64) && result.output == "", "\(result)")
        #expect(result.error.hasPrefix("pooltrace: expected '--' before the program, "), "\(result)")
        #expect(result.error.hasSuffix("; did you mean: \(meant)\n"), "\(result)")
    }

    @Test("ends with 65 and a sentence if the program never submits the task that --only names")
    func onlyUnknown() async throws {
        let program = try BuiltProduct.path("pool-program")
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await Self.run(["--only", "main.99", "--dir", trace, "--", program, "succeed"])
            #expect(result.status == .exited(65), "\(result)")
            #expect(result.error.contains("--only main.99: the program submitted no task with this path"), "\(result)")
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", trace])
            #expect(view.output.contains("with status 65"), "\(view)")
            let failing = try await Self.run(["--only", "main.99", "--dir", folder.path("two"), "--", program, "fail"])
            #expect(failing.status == .exited(1), "The program's own status stays: \(failing)")
        }
    }

    @Test("Each program that a program starts records into a directory of its own, its options known or not")
    func severalPrograms() async throws {
        let program = try BuiltProduct.path("pool-options")
        try await withTemporaryDirectory { folder in
            let script = "\(program) && \(program) --workers 3"
            let result = try await Self.run(["--dir", folder.path("trace"), "--", "sh", "-c", script])
            #expect(result.succeeded && !result.error.contains("into memory"), "\(result)")
            let view = try await Child.run(
                BuiltProduct.path("pooltrace"), ["view", "--format", "json", folder.path("trace")])
            #expect(view.output.components(separatedBy: "\"executable\"").count == 3, "\(view)")
        }
    }

    @Test(
        "records below the directory for a user's state unless told otherwise, and never into a directory that holds something"
    )
    func folder() async throws {
        let program = try BuiltProduct.path("pool-program")
        try await withTemporaryDirectory { folder in
            let state = ["XDG_STATE_HOME": folder.path]
            let result = try await Self.run(["--", program, "succeed"], environment: state)
            #expect(result.succeeded, "\(result)")
            let made = try #require(
                try folder.contents().first { $0.contains(/^pooltrace\/pool-program-\d{8}-\d{6}-\d+$/) })
            #expect(result.error.contains("pooltrace view \(folder.path)/\(made)\n"), "\(result)")

            let again = try await Self.run(["--dir", "\(folder.path)/\(made)", "--", program, "succeed"])
            #expect(again.status == .exited(125) && again.error.contains("is not empty"), "\(again)")
        }
    }

    @Test("names the command that replays a run that failed without the failure of a task")
    func failedWithoutReport() async throws {
        let program = try BuiltProduct.path("pool-cases")
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await Self.run(["--workers", "2", "--dir", trace, "--", program, "exit"])
            #expect(result.status == .exited(3), "\(result)")
            let replay = "replay    pooltrace replay --workers 2 \(trace) -- \(program) exit\n"
            #expect(result.error.hasSuffix(replay), "\(result)")
            let passing = try await Self.run(["--dir", folder.path("two"), "--", program, "order"])
            #expect(passing.succeeded && !passing.error.contains("pooltrace replay"), "\(passing)")
        }
    }

    @Test("does not say twice what the program said")
    func reportedOnce() async throws {
        let program = try BuiltProduct.path("pool-program")
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--dir", folder.path("trace"), "--", program, "fail"])
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.error.components(separatedBy: "failed: pool_program.Unreadable").count == 2, "\(result)")
            #expect(result.error.contains("2 tasks failed; reported above"), "\(result)")
        }
    }

    @Test("reports for a program that died, and names what it was running")
    func died() async throws {
        let program = try BuiltProduct.path("pool-program")
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--dir", folder.path("trace"), "--", program, "crash"])
            #expect(result.status == .exited(128 + SIGILL), "\(result)")
            #expect(result.error.contains("in flight: main.2 \"stop\""), "\(result)")
            #expect(result.error.contains("task main.2 \"stop\" failed: SIGILL: "), "\(result)")
            #expect(result.error.contains("task main.1 \"check\" failed: pool_program.Unreadable"), "\(result)")
            #expect(result.error.contains("  input      3\n"), "\(result)")
        }
    }

    @Test("sends signals on to the program", arguments: [SIGINT, SIGTERM])
    func signals(signal: Int32) async throws {
        let program = try BuiltProduct.path("pool-program")
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--dir", folder.path("trace"), "--", program, "wait"]) { child in
                try await child.waitForOutput(containing: "waiting")
                child.send(signal)
            }
            #expect(result.status == .exited(128 + signal), "\(result)")
            #expect(result.error.contains("it was running main.1 \"wait\""), "\(result)")
        }
    }

    @Test("explains that a program without a pool leaves nothing to see")
    func noPool() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--dir", folder.path("trace"), "--", "true"])
            #expect(result.succeeded && result.error.contains("the program 'true' created no pool"), "\(result)")
            #expect(!result.error.contains("pooltrace view"), "\(result)")
        }
    }
}
