import Foundation
import TestSupport
import Testing

@Suite("The room that a trace takes on the disk")
struct RoomTests {
    @Test("is at most 64 KiB for each of 1,000 workers, and no event is lost", arguments: [(200, 5), (1, 1000)])
    func manyWorkers(pools: Int, workers: Int) async throws {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        try await withTemporaryDirectory { folder in
            let trace = folder.path("trace")
            let result = try await Child.run(
                command, ["run", "--dir", trace, "--", program, "crowd", "\(pools)", "\(workers)"])
            #expect(result.succeeded, "\(result)")
            let files = try folder.contents().filter { $0.contains("/packet-") }
            #expect(files.count > 1000, "\(files.count) files")
            let blocks = try files.map { try Self.bytesOnDisk(folder.path($0)) }
            #expect(blocks.allSatisfy { $0 > 0 && $0 <= 64 << 10 }, "\(blocks.max() ?? 0) bytes")
            let shown = try await Child.run(command, ["view", "--format", "json", trace]).requireSuccess().output
            #expect(shown.contains("\"succeeded\":\(pools * workers)"), "\(shown.prefix(2000))")
            #expect(shown.contains("\"overwritten\":0") && shown.contains("\"discarded\":0"), "\(shown.prefix(2000))")
        }
    }

    private static func bytesOnDisk(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw TestSupportError("\(path): \(String(cString: strerror(errno)))") }
        return Int(status.st_blocks) * 512
    }

    // MARK: - A full disk

    /// Runs a script of sh, with `$1` the command and `$2` a program with a pool, in a directory that is a file system
    /// of `size` bytes of its own.
    private static func run(_ script: String, onDiskOf size: Int) async throws -> ChildResult {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        return try await withTemporaryDirectory { folder in
            // LTTng's daemons of this machine are elsewhere.
            let mounts = """
                mkdir -p /run/lttng; mount -t tmpfs none /run/lttng
                mount -t tmpfs -o size=\(size) none '\(folder.path)' && cd '\(folder.path)' || exit 99
                \(script)
                """
            let user = geteuid() == 0 ? [] : ["--user", "--map-root-user"]
            return try await Child.run(
                "unshare", user + ["--mount", "/bin/sh", "-c", mounts, "sh", command, program],
                environment: ["HOME": "/nowhere", "LTTNG_HOME": "/nowhere"])
        }
    }

    /// Whether this user may mount something for its own eyes.
    private static let canMount: Bool = {
        if geteuid() == 0 { return true }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--user", "--map-root-user", "--mount", "true"]
        return (try? process.run()) != nil
            && {
                process.waitUntilExit(); return process.terminationStatus == 0
            }()
    }()

    @Test("that is not there is named by `run`, with what was lost, and is an exit status", .enabled(if: canMount))
    func fullDuringRun() async throws {
        let result = try await Self.run(
            "\"$1\" run --dir trace -- \"$2\" flood 100000; echo \"exit $?\"; \"$1\" view trace", onDiskOf: 200 << 10)
        #expect(result.output.contains("exit 125"), "\(result)")
        #expect(
            result.error.contains("/trace: no more room for the trace: No space left on device; from here on, new"),
            "\(result)")
        #expect(
            result.error.contains(
                /no more room for the trace: No space left on device: \d{4,} events were overwritten and \d+ were disc/),
            "\(result)")
        // What is there is a whole trace, whose view says the same.
        #expect(result.output.contains(/mark +no more room for the trace/) && result.succeeded, "\(result)")
    }

    @Test("that is not there does not hide the status of a program that fails", .enabled(if: canMount))
    func fullAndFailing() async throws {
        let result = try await Self.run(
            "\"$1\" run --dir trace -- sh -c '\"$1\" flood 100000; exit 3' sh \"$2\"", onDiskOf: 200 << 10)
        #expect(result.status == .exited(3) && result.error.contains("events were overwritten"), "\(result)")
    }

    @Test("that is not even there for a beginning is named, too: the program runs", .enabled(if: canMount))
    func fullBeforeRun() async throws {
        let result = try await Self.run(
            "head -c 300000 /dev/zero > fill; \"$1\" run --dir trace -- \"$2\" succeed; echo \"exit $?\"; ls -A trace",
            onDiskOf: 100 << 10)
        #expect(result.output.hasPrefix("[1, 2]\nexit 125\n"), "\(result)")
        #expect(
            result.error.contains("no room for a trace: No space left on device; recording into memory"), "\(result)")
        #expect(result.error.contains("/trace: no room for the trace: No space left on device"), "\(result)")
        #expect(!result.error.contains("created no pool"), "\(result)")
    }

    @Test("that is not there is named by `record`, and is an exit status", .enabled(if: geteuid() == 0))
    func fullDuringRecord() async throws {
        let result = try await Self.run(
            "\"$1\" record --output trace -- \"$2\" flood 300000; echo \"exit $?\"", onDiskOf: 2 << 20)
        #expect(result.output.contains("exit 125"), "\(result)")
        #expect(result.error.contains("/trace: no room for the trace: No space left on device"), "\(result)")
    }

    private static let limits = [
        (blocks: 8, says: "the process may have no file as large as a ring in memory (ulimit -f); nothing is recorded"),
        (blocks: 1800, says: "no room for a trace: File too large; recording into memory instead"),
    ]

    @Test("that the process may not take is as a full disk: no signal ends the program", arguments: limits)
    func limitOfFiles(blocks: Int, says: String) async throws {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        try await withTemporaryDirectory { folder in
            let result = try await Child.run(
                command,
                [
                    "run", "--dir", folder.path("trace"), "--", "sh", "-c",
                    "ulimit -f \(blocks); exec \(program) succeed",
                ])
            #expect(result.output == "[1, 2]\n", "\(result)")
            #expect(result.error.contains(says), "\(result)")
        }
    }
}
