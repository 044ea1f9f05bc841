import Foundation
import TestSupport
import Testing

/// What cannot be reached says so, and what is left unfinished goes.
@Suite("Files and programs that cannot be had")
struct AccessTests {
    private static func pooltrace(_ arguments: [String], in folder: TemporaryDirectory) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), arguments, environment: ["XDG_STATE_HOME": folder.path("state")])
    }

    private static func record(_ arguments: [String], to trace: String) async throws {
        try await Child.run(
            BuiltProduct.path("pool-program"), arguments,
            environment: ["POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off"]
        ).requireSuccess()
    }

    // MARK: - Permissions

    private static let readers = [
        ["view"], ["failures"], ["stats"], ["tasks"], ["critical-path"], ["events"],
        ["export", "--to", "perfetto", "-o", "-"],
    ]

    @Test(
        "A trace in a directory of another user's is refused as such", .enabled(if: geteuid() == 0), arguments: readers)
    func closedTrace(command: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let trace = folder.path("outer/trace")
            try FileManager.default.createDirectory(atPath: folder.path("outer"), withIntermediateDirectories: false)
            try await Self.record(["succeed"], to: trace)
            chmod(folder.path, 0o755)
            chmod(folder.path("outer"), 0o755)
            for path in [trace, folder.path("outer")] {
                // As nobody.
                let result = try await Child.run(
                    "setpriv",
                    ["--reuid", "65534", "--clear-groups", BuiltProduct.path("pooltrace")] + command + [path])
                #expect(result.status == .exited(1) && result.output.isEmpty, "\(result)")
                #expect(result.error == "pooltrace: \(trace): Permission denied\n", "\(result)")
            }
            let copy = try await Child.run(
                "setpriv",
                [
                    "--reuid", "65534", "--clear-groups", BuiltProduct.path("pooltrace"), "snapshot", trace, "-o",
                    "/nowhere",
                ])
            #expect(copy.status == .exited(1) && copy.error.contains("\(trace): Permission denied"), "\(copy)")
        }
    }

    // MARK: - Programs

    private static let programs = [("/nowhere/program", Int32(127)), ("no-such-program", 127), ("/etc", 126)]

    @Test("A program that cannot be run is said before anything about what is recorded of one", arguments: programs)
    func missingProgram(program: String, status: Int32) async throws {
        try await withTemporaryDirectory { folder in
            try await Self.record(["succeed"], to: folder.path("trace"))
            let before = try folder.contents()
            for arguments in [
                ["replay", folder.path("trace")], ["replay", "nowhere.schedule"], ["minimize", folder.path("trace")],
                ["explore"], ["verify"], ["run"], ["run", "--races"], ["record"],
            ] {
                let result = try await Self.pooltrace(arguments + ["--", program], in: folder)
                #expect(result.status == .exited(status), "\(result)")
                #expect(result.error.hasPrefix("pooltrace: cannot run \(program): "), "\(result)")
            }
            let made = try folder.contents().filter { !before.contains($0) && !$0.hasPrefix("state") }
            #expect(made.isEmpty, "\(made)")
        }
    }

    // MARK: - Unfinished files

    @Test("An export that a signal ends leaves nothing", arguments: [SIGINT, SIGTERM, SIGHUP])
    func interruptedExport(signal: Int32) async throws {
        try await withTemporaryDirectory { folder in
            try await Self.record(["flood", "100000"], to: folder.path("trace"))
            try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: false)
            let out = folder.path("out/all.db")
            let result = try await Child.run(
                BuiltProduct.path("pooltrace"), ["export", "--to", "sqlite", folder.path("trace"), "-o", out]
            ) { child in
                while try !folder.contents().contains(where: { $0.hasSuffix(".part") }) { usleep(1000) }
                child.send(signal)
            }
            #expect(result.status == .signalled(signal), "\(result)")
            #expect(try folder.contents().filter { $0.hasPrefix("out/") } == [])
        }
    }

    @Test("An export removes what a killed one left of the same file, and nothing else")
    func leftovers() async throws {
        try await withTemporaryDirectory { folder in
            try await Self.record(["succeed"], to: folder.path("trace"))
            try FileManager.default.createDirectory(atPath: folder.path("out"), withIntermediateDirectories: false)
            // No process has this number.
            let dead = Int32.max
            for name in ["a.json.\(dead).part", "b.json.\(dead).part", "a.json.\(getpid()).part", "a.json.part"] {
                try folder.write("x", to: "out/\(name)")
            }
            let result = try await Self.pooltrace(
                ["export", "--to", "otlp", folder.path("trace"), "-o", folder.path("out/a.json")], in: folder)
            #expect(result.succeeded, "\(result)")
            let names = ["a.json", "a.json.\(getpid()).part", "a.json.part", "b.json.\(dead).part"]
            #expect(try folder.contents().filter { $0.hasPrefix("out/") } == names.map { "out/\($0)" }.sorted())
        }
    }
}
