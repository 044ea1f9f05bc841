internal import Foundation
internal import TestSupport
internal import Testing

@Suite("pooltrace doctor")
struct DoctorTests {
    /// One of the checks, as the JSON has it.
    private struct Check: Decodable, Equatable {
        let check: String
        let status: String
        let text: String
        let remedy: String?
    }

    private struct Document: Decodable {
        let schema: String
        let version: Int
        let status: String
        let checks: [Check]

        subscript(name: String) -> Check? { checks.first { $0.check == name } }
    }

    private static func document(_ result: ChildResult) throws -> Document {
        do { return try JSONDecoder().decode(Document.self, from: Data(result.outputBytes)) } catch {
            throw TestSupportError("\(error) in \(result)")
        }
    }

    /// Runs the command behind a shell's words, which end in `exec "$@"` or the like.
    private func doctor(
        after words: String = "exec \"$@\"", environment: [String: String?] = [:]
    ) async throws -> (document: Document, result: ChildResult) {
        let command = [try BuiltProduct.path("pooltrace"), "doctor", "--format", "json"]
        let result = try await Child.run("/bin/sh", ["-c", words, "sh"] + command, environment: environment)
        return (try Self.document(result), result)
    }

    @Test func `Each check is a line, and a remedy is a command to type`() async throws {
        try await withTemporaryDirectory { home in
            let environment = ["HOME": home.path, "XDG_STATE_HOME": nil, "LC_ALL": "C", "NO_COLOR": nil]
            var (document, json) = try await doctor(environment: environment)
            var text = json
            for _ in 1...20 {
                text = try await Child.run(BuiltProduct.path("pooltrace"), ["doctor"], environment: environment)
                // What other processes leave behind comes and goes: both have to be of the same moment.
                if zip(text.lines, document.checks).allSatisfy({
                    $0.hasPrefix($1.status) && $0.hasSuffix($1.remedy ?? "")
                }) {
                    break
                }
                (document, json) = try await doctor(environment: environment)
            }
            #expect(document.schema == "pooltrace.doctor" && document.version == 1)
            #expect(text.lines.count == document.checks.count, "\(text)")
            for (line, check) in zip(text.lines, document.checks) {
                #expect(line.hasPrefix(check.status) && line.contains(check.check), "\(line)")
                #expect((check.remedy == nil) == (check.status == "ok"), "\(line)")
                if let remedy = check.remedy { #expect(line.hasSuffix("; type: \(remedy)")) }
            }
            #expect(document["characters"]?.remedy == "export LC_ALL=C.UTF-8", "\(json)")
            #expect(document["kept runs"]?.text.contains("\(home.path)/.local/state/pooltrace") == true, "\(json)")
            let expected = document.checks.contains { $0.status == "error" } ? "error" : "warning"
            #expect(document.status == expected)
            #expect(json.status == .exited(expected == "error" ? 1 : 0))
            // Looking changes nothing.
            #expect(try home.contents() == [])
        }
    }

    @Test func `Limits of the shell that are too low are errors`() async throws {
        let files = try await doctor(after: "ulimit -S -n 64; exec \"$@\"")
        #expect(files.document["open files"]?.status == "error", "\(files.result)")
        #expect(files.document["open files"]?.remedy == "ulimit -n 1024")
        #expect(files.result.status == .exited(1))
        let size = try await doctor(after: "ulimit -f 2048; exec \"$@\"")
        #expect(size.document["file size"]?.status == "error", "\(size.result)")
        // Only root may raise what was lowered for good.
        #expect(size.document["file size"]?.remedy == "sudo prlimit --pid $$ --fsize=unlimited")
        #expect(size.document["file size"]?.text.contains("1.0 MiB") == true, "\(size.result)")
    }

    @Test func `A folder for runs that cannot be used is an error`() async throws {
        try await withTemporaryDirectory { state in
            let environment: [String: String?] = ["XDG_STATE_HOME": state.path]
            try state.write("no directory", to: "pooltrace")
            let file = try await doctor(environment: environment)
            #expect(file.document["kept runs"]?.status == "error", "\(file.result)")
            #expect(file.result.status == .exited(1))
            // The remedy is a command.
            try await Child.run("/bin/sh", ["-c", file.document["kept runs"]?.remedy ?? "false"]).requireSuccess()
            try FileManager.default.createDirectory(
                atPath: state.path("pooltrace"), withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0])
            defer { chmod(state.path("pooltrace"), 0o700) }
            // Root may read everything unless it gives that up.
            let words =
                geteuid() == 0 ? "exec setpriv --bounding-set=-dac_override,-dac_read_search \"$@\"" : "exec \"$@\""
            let closed = try await doctor(after: words, environment: environment)
            #expect(closed.document["kept runs"]?.text.contains("Permission denied") == true, "\(closed.result)")
            #expect(closed.document["kept runs"]?.remedy?.contains("chmod u+rwx") == true, "\(closed.result)")
        }
    }

    @Test func `Without LTTng's programs, record is said not to work`() async throws {
        let (document, result) = try await doctor(after: "PATH=/nowhere; exec \"$@\"")
        #expect(document["lttng-sessiond"]?.remedy == "sudo apt-get install lttng-tools", "\(result)")
    }

    @Test func `A narrow terminal and no colours are seen`() async throws {
        let command = "stty cols 60 rows 20; NO_COLOR=1 '\(try BuiltProduct.path("pooltrace"))' doctor --format json"
        let result = try await Child.run(
            "script", ["--quiet", "--return", "--command", command, "/dev/null"], environment: ["COLUMNS": nil])
        let document = try Self.document(result)
        #expect(document["terminal"]?.status == "warning", "\(result)")
        #expect(document["terminal"]?.text.hasPrefix("60 x 20") == true, "\(result)")
        #expect(document["colours"]?.text == "off: NO_COLOR is set", "\(result)")
    }

    @Test func `The session of a recording that was killed is found, and its remedy removes it`() async throws {
        let (command, program) = (try BuiltProduct.path("pooltrace"), try BuiltProduct.path("pool-program"))
        try await PrivateSessionDaemon.with { daemon in
            @Sendable func check() async throws -> (stale: Check?, daemon: Check?) {
                let document = try Self.document(try await daemon.run(command, ["doctor", "--format", "json"]))
                return (document["stale sessions"], document["session daemon"])
            }
            try await daemon.lttng("create", "pooltrace-of-somebody", "--output=\(daemon.home)/other")
            let before = try await check()
            #expect(before.stale?.status == "ok")
            #expect(before.daemon?.text == "process \(daemon.pid), your own, is used")
            try await daemon.run(command, ["record", "--output", "\(daemon.home)/killed", "--", program, "wait"]) {
                try await $0.waitForOutput(containing: "waiting")
                let during = try await check()
                #expect(during.stale?.status == "ok", "\(during)")
                $0.sendToGroup(SIGKILL)
            }
            let after = try await check()
            let remedy = try #require(after.stale?.remedy, "\(after)")
            #expect(remedy.contains(/^lttng destroy pooltrace-\d+-\d+$/), "\(remedy)")
            try await daemon.run("/bin/sh", ["-c", remedy]).requireSuccess()
            #expect(try await check().stale?.status == "ok")
            let sessions = try await daemon.lttng("list")
            #expect(sessions.contains("pooltrace-of-somebody"), "\(sessions)")
        }
    }

    @Test func `The folder of a session daemon that is gone is found`() async throws {
        var name = Array("/tmp/pooltrace-lttng-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { rmdir(folder) }
        let abandoned = try await doctor()
        #expect(abandoned.document["stale daemons"]?.remedy?.contains(folder) == true, "\(abandoned.result)")
        // While a shell has it among its words, that one will remove it.
        let used = try await doctor(after: "/bin/sh -c 'shift; \"$@\"; :' sh \(folder) \"$@\"")
        #expect(used.document["stale daemons"]?.remedy?.contains(folder) != true, "\(used.result)")
    }

    @Test func `Old runs are counted, listed and removed, and nothing else`() async throws {
        try await withTemporaryDirectory { state in
            let old = Date(timeIntervalSinceNow: -40 * 86_400)
            // A number that no process has: the kernel gives none beyond 4 Mi.
            let ended = "20260101-120000-9999999"
            func make(_ name: String, _ date: Date?) throws {
                let file = try state.write(String(repeating: "x", count: 5000), to: "pooltrace/\(name)/below/packet")
                guard let date else { return }
                for path in [file, state.path("pooltrace/\(name)/below"), state.path("pooltrace/\(name)")] {
                    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
                }
            }
            try make("checker-\(ended)", old)
            try make("my-checker-\(ended)", nil)
            try make("checker-20260101-120000-\(getpid())", old)
            try make("of-my-own", old)
            try make("20260101-120000-9999998", old)
            try make("elsewhere", old)
            try FileManager.default.createSymbolicLink(
                atPath: state.path("pooltrace/link-\(ended)"), withDestinationPath: state.path("pooltrace/elsewhere"))
            let before = try state.contents()
            let environment: [String: String?] = ["XDG_STATE_HOME": state.path]
            let (document, result) = try await doctor(environment: environment)
            #expect(document["old runs"]?.text.hasPrefix("1 older than 30 days, ") == true, "\(result)")
            #expect(document["old runs"]?.remedy == "pooltrace doctor --prune")

            let command = try BuiltProduct.path("pooltrace")
            let dry = try await Child.run(command, ["doctor", "--prune", "--dry-run"], environment: environment)
            #expect(dry.lines.count == 2 && dry.lines[0].contains("checker-\(ended)  40 days"), "\(dry)")
            #expect(try state.contents() == before)
            let younger = try await Child.run(command, ["doctor", "--prune", "--days", "41"], environment: environment)
            #expect(younger.output == "removed: 0 runs, 0 bytes\n", "\(younger)")
            let removed = try await Child.run(command, ["doctor", "--prune"], environment: environment)
            #expect(removed.lines.last?.hasPrefix("removed: 1 run, ") == true, "\(removed)")
            #expect(try state.contents() == before.filter { !$0.hasPrefix("pooltrace/checker-\(ended)") })
        }
    }
}
