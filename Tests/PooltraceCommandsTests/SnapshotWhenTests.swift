import Foundation
import TestSupport
import Testing

@Suite("Snapshots on a bound")
struct SnapshotWhenTests {
    private static func run(
        _ options: [String], _ arguments: [String], in folder: TemporaryDirectory, environment: [String: String?] = [:]
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"),
            ["run", "--dir", folder.path("kept")] + options + ["--", BuiltProduct.path("pool-program")] + arguments,
            environment: environment)
    }

    /// The names of the snapshots, the earliest first.
    private static func snapshots(in folder: TemporaryDirectory) throws -> [String] {
        try folder.contents().filter { $0.contains(/^kept\/pool-program-\d+-snapshot-\d+$/) }
            .sorted { $0.count == $1.count ? $0 < $1 : $0.count < $1.count }
    }

    private static let passed: [(kind: String, bounds: String, reason: String)] = [
        ("run", "run>200ms, wait>20s", "run>200ms: task main.1 \"long\" has run for "),
        ("wait", "wait>150ms", "wait>150ms: a task waits in the queue of pool \"checks\""),
        ("nested-wait", "wait>150ms", "wait>150ms: a task waits in the queue of pool \"checks\""),
        ("queue", "queue>100", "queue>100: pool \"checks\" has "),
        ("rate", "rate(failed)>5%", "rate(failed)>5%: of the tasks that ended in the last 10 seconds, too many failed"),
    ]

    @Test("are kept at the moment that it is passed, with the reason, and the command says so", arguments: passed)
    func kept(kind: String, bounds: String, reason: String) async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--snapshot-when", bounds], ["bounds", kind], in: folder)
            #expect(result.succeeded, "\(result)")
            let names = try Self.snapshots(in: folder)
            try #require(names.count == 1, "\(names)\n\(result)")
            let path = folder.path(names[0])
            #expect(
                result.error.contains("pooltrace: \(reason)") && result.error.contains(": kept \(path)\n"), "\(result)")
            #expect(result.error.contains("view      pooltrace view \(path)\n"), "\(result)")
            let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", path]).requireSuccess().lines
            #expect(events.last { $0.contains("pooltrace:mark") }?.contains("snapshot: \(bounds.prefix(5))") == true)
            // It ends there: the process had not.
            #expect(!events.contains { $0.contains("pooltrace:process_end") })
            #expect(try await Babeltrace.events(of: path).count == events.count)
            let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", path]).requireSuccess()
            #expect(view.output.contains(/mark\s+snapshot:/), "\(view)")
        }
    }

    @Test("are not kept where none is passed", arguments: ["calm", "map-rate"])
    func calm(kind: String) async throws {
        try await withTemporaryDirectory { folder in
            let bounds = "wait>2s, run>2s, queue>1000, rate(failed)>5%"
            let result = try await Self.run(["--snapshot-when", bounds], ["bounds", kind], in: folder)
            #expect(result.succeeded, "\(result)")
            #expect(result.error == "pooltrace: no bound was passed and no failure was reported, so nothing was kept\n")
            #expect(try folder.contents() == [])
        }
    }

    @Test("are at most so many in a time, and the last ones stay")
    func bounded() async throws {
        try await withTemporaryDirectory { folder in
            let all = try await Self.run(
                ["--snapshot-when", "queue>20", "--snapshot-every", "0s", "--snapshot-last", "2"], ["bounds", "again"],
                in: folder)
            #expect(all.succeeded && all.error.components(separatedBy: "queue>20: pool").count == 1 + 5 + 2, "\(all)")
            #expect(try Self.snapshots(in: folder).map { $0.suffix(11) } == ["-snapshot-4", "-snapshot-5"], "\(all)")
        }
        try await withTemporaryDirectory { folder in
            let one = try await Self.run(["--snapshot-when", "queue>20"], ["bounds", "again"], in: folder)
            #expect(try one.succeeded && Self.snapshots(in: folder).count == 1, "\(one)")
        }
    }

    @Test("are kept by the watchdog of tasks that stall, where a directory is named")
    func stall() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Child.run(
                BuiltProduct.path("pool-program"), ["bounds", "run"],
                environment: [
                    "POOLTRACE_STALL": "100ms", "POOLTRACE_SNAPSHOT_DIR": folder.path("kept"), "POOLTRACE_LTTNG": "off",
                ])
            #expect(
                result.succeeded && result.error.contains("stall: task main.1 \"long\" runs for longer"), "\(result)")
            #expect(try Self.snapshots(in: folder).count == 1, "\(result)")
        }
    }

    @Test("are asked for by a program as well")
    func inProgram() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Child.run(
                BuiltProduct.path("pool-program"), ["bounds", "run", "watched", folder.path("kept")],
                environment: ["POOLTRACE_LTTNG": "off"])
            #expect(
                result.succeeded && result.error.contains("run>100ms: task main.1 \"long\" has run for"), "\(result)")
            #expect(try Self.snapshots(in: folder).count == 1, "\(result)")
        }
    }

    @Test("of a failure and a crash are left in the same directory, and named")
    func failure() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Self.run(["--snapshot-when", "run>100s"], ["crash"], in: folder)
            #expect(result.status == .exited(128 + SIGILL), "\(result)")
            #expect(result.error.contains(/pooltrace view \S+-signal-04\n/), "\(result)")
            #expect(result.error.contains(/pooltrace failures \S+-failure\n/), "\(result)")
        }
    }

    @Test(
        "are refused for bounds that mean nothing",
        arguments: [
            "wait", "wait>", "run>1ms", "queue>many", "rate(failed)>5", "rate(failed)>100%", "size>5", "",
            "run>1s,,queue>1",
        ])
    func nonsense(bounds: String) async throws {
        let result = try await Child.run(
            BuiltProduct.path("pooltrace"), ["run", "--snapshot-when", bounds, "--", "true"])
        #expect(result.status == .exited(64) && result.error.contains("expected "), "\(result)")
        let serial = try await Child.run(
            BuiltProduct.path("pooltrace"), ["run", "--serial", "--snapshot-when", "run>1s", "--", "true"])
        #expect(serial.status == .exited(64), "\(serial)")
    }
}
