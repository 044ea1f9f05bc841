import TestSupport
import Testing

/// Programs that know nothing of PoolTrace, run by the command.
@Suite("Async tasks of unmodified programs")
struct PreloadTests {
    @Test(
        "An unmodified program does serially what a linked one does, and shows it",
        arguments: ["groups", "asyncLet", "actors", "mainActor", "detached", "yields", "sleeps", "foreign"])
    func serial(name: String) async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.run(["--serial", "--dir", folder.path("run")], "async-program", [name])
            let linked = try await RuntimeProgram.run(name, mode: "serial").requireSuccess()
            #expect(run.succeeded && run.output == linked.output, "\(run) \(linked)")
            #expect(try await RuntimeProgram.steps(in: folder.path("run")).isEmpty == false, "\(run)")
        }
    }

    @Test("A main that is not async is taken over too")
    func blocked() async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.run(["--serial", "--dir", folder.path("run")], "blocked-program", ["groups"])
            #expect(run.succeeded && run.lines.first == "sum 9", "\(run)")
        }
    }

    @Test(
        "A main that hands its thread over, as a bundle of tests does, has the main actor",
        arguments: ["groups", "mainActor"])
    func runner(name: String) async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.run(
                ["--serial", "--dir", folder.path("run")], "blocked-program", [name, "runner"])
            let linked = try await RuntimeProgram.run(name, mode: "serial").requireSuccess()
            #expect(run.succeeded && run.output == linked.output, "\(run) \(linked)")
        }
    }

    @Test("Without options Swift's own threads run the tasks, and they are recorded")
    func recorded() async throws {
        try await withTemporaryDirectory { folder in
            let run = try await Self.run(["--dir", folder.path("run")], "async-program", ["groups"])
            #expect(run.succeeded && run.lines.first == "sum 9", "\(run)")
            let view = try await Child.run(try BuiltProduct.path("pooltrace"), ["view", folder.path("run")])
            // Main may exit before the thread of the last child has told of its end.
            #expect(view.output.contains("tasks      10: "), "\(view)")
            #expect(view.output.contains("pool \"swift-concurrency\""), "\(view)")
        }
    }

    @Test("What a program starts is left alone, and seen with --follow")
    func children() async throws {
        try await withTemporaryDirectory { folder in
            let program = try BuiltProduct.path("async-program")
            let words = ["-c", "'\(program)' groups; echo \"preloaded '$LD_PRELOAD'\""]
            let alone = try await Self.run(["--follow", "--dir", folder.path("follow")], "/bin/sh", words)
            #expect(alone.succeeded && alone.output.contains("libPoolTracePreload.so'"), "\(alone)")
            let view = try await Child.run(try BuiltProduct.path("pooltrace"), ["view", folder.path("follow")])
            #expect(view.output.contains("tasks      10: "), "\(view)")
            let left = try await Self.run(["--dir", folder.path("alone")], "/bin/sh", words)
            #expect(left.succeeded && left.output.contains("preloaded ''"), "\(left)")
        }
    }

    @Test("A program that takes its own tasks over has one host")
    func linked() async throws {
        try await withTemporaryDirectory { folder in
            let library = try BuiltProduct.path("libPoolTracePreload.so")
            let run = try await RuntimeProgram.run(
                "groups", mode: "serial", trace: folder.path("run"), environment: ["LD_PRELOAD": library])
            #expect(run.succeeded && run.error == "", "\(run)")
            let events = try await Child.run(try BuiltProduct.path("pooltrace"), ["events", folder.path("run")])
            #expect(events.lines.count { $0.contains("pooltrace:process_start") } == 1, "\(events)")
        }
    }

    @Test("What cannot be preloaded is refused, with the way out, where it was asked for")
    func refusals() async throws {
        let words = [
            "pool-program":
                "is linked with PoolTrace, and a process can have only one; link the product PoolTraceRuntime",
            "/bin/true": "does not use Swift's async tasks",
        ]
        for (program, words) in words {
            let run = try await Self.run(["--preload"], program, [])
            #expect(run.status == .exited(125) && run.error.contains(words), "\(run)")
        }
    }

    private static func run(_ options: [String], _ program: String, _ words: [String]) async throws -> ChildResult {
        let path = program.hasPrefix("/") ? program : try BuiltProduct.path(program)
        return try await Child.run(
            try BuiltProduct.path("pooltrace"), ["run"] + options + ["--", path] + words,
            environment: ["POOLTRACE_LTTNG": "off"])
    }
}
