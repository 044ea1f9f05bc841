internal import Foundation
internal import TestSupport
internal import Testing

@Suite("pooltrace help")
struct HelpTests {
    /// Of `--experimental-dump-help`, what is needed here.
    private struct Tool: Decodable {
        struct Command: Decodable {
            let commandName: String
            let abstract: String?
            let subcommands: [Command]?
        }
        let command: Command
    }

    private static func pooltrace(_ arguments: String...) async throws -> ChildResult {
        try await Child.run(BuiltProduct.path("pooltrace"), arguments, environment: ["COLUMNS": "80"]).requireSuccess()
    }

    private static func commands() async throws -> [Tool.Command] {
        let dump = try await pooltrace("--experimental-dump-help")
        let tool = try JSONDecoder().decode(Tool.self, from: Data(dump.outputBytes))
        return (tool.command.subcommands ?? []).filter { $0.commandName != "help" }
    }

    private static let topics = [
        "environment", "exit-codes", "schedules", "traces", "lttng", "reproduce", "formats", "lints",
    ]

    private static func topic(_ name: String) async throws -> String {
        try await pooltrace("help", name).output
    }

    private static func source(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    private static func expectNarrow(_ result: ChildResult) {
        for line in result.lines where line.count > 80 {
            Issue.record("\(line.count) columns: \(line)\n\(result.command)")
        }
    }

    @Test(arguments: [
        (["viev", "runs/x"], "unknown command 'viev'; did you mean 'view'?"),
        (["help", "lint"], "unknown command or topic 'lint'; did you mean 'lints'?"),
        (["help", "topic", "lints"], "unknown command or topic 'topic'. See"),
        (["help", "foo"], "'foo'. See `pooltrace --help`"),
    ])
    func `A command or topic that is not there is wrong usage, with the nearest one`(arguments: [String], said: String)
        async throws
    {
        let result = try await Child.run(BuiltProduct.path("pooltrace"), arguments)
        #expect(result.status == .exited(64) && result.error.contains(said) && result.output.isEmpty, "\(result)")
    }

    @Test func `Every command says what it is for, how it is used and how it ends, in 80 columns`() async throws {
        let commands = try await Self.commands()
        #expect(commands.count >= 12)
        Self.expectNarrow(try await Self.pooltrace("--help"))
        for command in commands {
            #expect(command.abstract?.isEmpty == false, "\(command.commandName)")
            let help = try await Self.pooltrace(command.commandName, "--help")
            Self.expectNarrow(help)
            #expect(help.output.contains(#/\nEXAMPLES:\n  \S/#), "\(help)")
            #expect(help.output.contains("\nEXIT STATUS: "), "\(help)")
            #expect(help.output.contains("\nUSAGE: pooltrace \(command.commandName)"), "\(help)")
        }
    }

    @Test func `Every topic is listed, and is read in 80 columns`() async throws {
        let overview = try await Self.pooltrace("help")
        let commands = Set(try await Self.commands().map(\.commandName))
        for name in Self.topics {
            Self.expectNarrow(try await Self.pooltrace("help", name))
            #expect(overview.output.contains("pooltrace help \(name) "), "\(overview)")
            #expect(!commands.contains(name), "The command's help would hide that of \(name)")
        }
    }

    @Test func `The variables are those that the code reads`() async throws {
        func names(_ text: String) -> Set<String> {
            Set(text.matches(of: #/POOLTRACE_[A-Z_]+/#).map { String($0.output) })
        }
        let topic = names(try await Self.topic("environment"))
        // The one that the preloaded library reads, which has no settings.
        let read = names(try Self.source("Sources/PoolRecorder/Settings+Environment.swift")).union(["POOLTRACE_FOLLOW"])
        #expect(topic == read)
    }

    @Test func `The exit codes are those of the commands' help`() async throws {
        func codes(_ text: some StringProtocol) -> Set<String> {
            Set(String(text).matches(of: #/\b\d+\b/#).map { String($0.output) })
        }
        let topic = try await Self.topic("exit-codes")
        let listed = Set(topic.matches(of: #/(?m)^  (\d+) /#).map { String($0.output.1) })
        for command in try await Self.commands() {
            let help = try await Self.pooltrace(command.commandName, "--help").output
            let paragraph = try #require(help.firstMatch(of: #/EXIT STATUS: ((?s).*?)\n\n/#), "\(help)").output.1
            let own = codes(paragraph)
            #expect(own.isSubset(of: listed.union(["128"])), "\(command.commandName)")
            // Those that mean something special are said to be this command's.
            for code in own.intersection(["1", "2", "3", "4", "65", "125"]) {
                let lines = try #require(topic.firstMatch(of: try Regex("(?s)\n  \(code) .*?\n  \\d"))).output
                #expect("\(lines)".contains(command.commandName), "\(command.commandName), \(code)")
            }
        }
    }

    @Test func `The formats have the schemas of all commands`() async throws {
        let topic = try await Self.topic("formats")
        var count = 0
        for command in try await Self.commands() {
            let help = try await Self.pooltrace(command.commandName, "--help").output
            for schema in help.matches(of: #/\bschema\s+(pooltrace\.[a-z-]+)/#).map(\.output.1) {
                count += 1
                #expect(topic.contains(schema), "\(schema)")
            }
        }
        #expect(count >= 8)
    }

    @Test(arguments: [
        ("models", ["nosuch"]), ("models", ["--trail"]), ("kill-workers", ["abc"]), ("kill-workers", ["1", "-1"]),
        ("fuzz/run", ["abc"]), ("stress", ["abc"]), ("format", ["abc"]), ("words", ["--nosuch"]),
    ])
    func `A check that is called wrongly says in one line how it is called`(tool: String, words: [String]) async throws
    {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").path
        let result = try await Child.run("\(root)/tools/check/\(tool)", words)
        #expect(result.status == .exited(64) && result.output.isEmpty, "\(result)")
        #expect(result.error.contains("usage: tools/check/\(tool) "), "\(result)")
        #expect(result.error.count { $0 == "\n" } == 1 && result.error.hasSuffix("\n"), "\(result)")
    }

    @Test(arguments: [
        ("pooltrace vi", "view"), ("pooltrace doctor --pr", "--prune"), ("pooltrace view --format js", "json"),
        ("pooltrace explore --sch", "--schedules"),
    ])
    func `Bash completes commands, options and values`(line: String, expected: String) async throws {
        let script = """
            source <(pooltrace --generate-completion-script bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            read -r -a COMP_WORDS <<<"$1"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _pooltrace pooltrace "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let path = try "\(BuiltProduct.folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        let result = try await Child.run("bash", ["-c", script, "bash", line], environment: ["PATH": path])
        #expect(result.lines.map { $0.trimmingCharacters(in: .whitespaces) } == [expected], "\(result)")
    }

    @Test func `Manual pages of all commands are read without a warning`() async throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").path
        try await withTemporaryDirectory { folder in
            try await Child.run("\(root)/tools/release/man-pages", [BuiltProduct.path("pooltrace"), folder.path])
                .requireSuccess()
            let pages = try folder.contents()
            let expected = try await ["pooltrace"] + Self.commands().map { "pooltrace-\($0.commandName)" }
            #expect(pages == expected.map { $0 + ".1" }.sorted())
            for page in pages {
                let read = try await Child.run(
                    "groff", ["-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=80n", folder.path(page)],
                    environment: ["GROFF_NO_SGR": "1"])
                #expect(read.succeeded && read.error.isEmpty, "\(page): \(read)")
                #expect(read.output.contains("NAME") && read.output.contains("SYNOPSIS"), "\(page): \(read)")
                #expect(page == "pooltrace.1" || read.output.contains("EXAMPLES"), "\(page): \(read)")
            }
        }
    }
}
