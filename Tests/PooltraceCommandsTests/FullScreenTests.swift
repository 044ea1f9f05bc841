internal import Foundation
internal import TestSupport
internal import Testing

@Suite("The full-screen view in a terminal")
struct FullScreenTests {
    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL
    }

    /// The command line that opens something full screen.
    private static func view(_ arguments: String...) throws -> String {
        (["exec", try BuiltProduct.path("pooltrace")] + arguments).joined(separator: " ")
    }

    // MARK: Frames

    /// Each pane of the stored trace, by the keys that lead there from the one before.
    private static let panes: [(name: String, keys: [String])] = [
        ("timeline", []), ("timeline at a failure, zoomed", ["n", "+", "+", "+"]), ("tasks", ["2", "s"]),
        ("tasks, failed ones", ["f", "f", "a", "i", "l", "e", "d", "Enter"]), ("failures", ["3", "j"]),
        ("times", ["4"]), ("lints", ["6"]), ("one task", ["2", "j", "Enter"]), ("help", ["?"]),
    ]

    struct Form: CustomTestStringConvertible {
        let columns: Int
        let rows: Int
        let isUnicode: Bool
        var testDescription: String { "\(columns)x\(rows)-\(isUnicode ? "unicode" : "ascii")" }
    }

    private static let forms = [(80, 24), (120, 40), (200, 60)].flatMap { columns, rows in
        [true, false].map { Form(columns: columns, rows: rows, isUnicode: $0) }
    }

    /// `STORE_FRAMES=write swift test --filter FullScreenTests` stores what is shown now; then look at it.
    @Test(arguments: forms)
    func `Every pane is drawn as it was looked at and stored`(form: Form) async throws {
        let file = Self.root.appendingPathComponent("Tests/PooltraceCommandsTests/Frames/\(form.testDescription).txt")
        let isWriting = ProcessInfo.processInfo.environment["STORE_FRAMES"] == "write"
        let stored = isWriting ? [:] : try Self.frames(String(contentsOf: file, encoding: .utf8))
        var shown: [(name: String, frame: [String])] = []
        // Reports name the absolute path: one of the same length each time, which is stored as another.
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.path("traces"), withIntermediateDirectories: false)
        try FileManager.default.copyItem(
            atPath: Self.root.appendingPathComponent("traces/failures-ring").path,
            toPath: folder.path("traces/failures-ring"))
        @Sendable func stable(_ screen: [String]) -> [String] {
            screen.map { $0.replacing(folder.path, with: "/tmp/pooltrace-test-frames") }
        }
        try await TmuxTerminal.run(
            "cd \(folder.path); " + Self.view("view", "-i", "traces/failures-ring"), columns: form.columns,
            rows: form.rows, environment: ["NO_COLOR": "1", "LC_ALL": form.isUnicode ? "C.UTF-8" : "C"]
        ) { terminal in
            try await terminal.wait(for: "12 tasks, 4 failed")
            // They come after the first picture.
            try await terminal.wait(for: "6 lints")
            for (name, keys) in Self.panes {
                let before = try await terminal.screen()
                for key in keys { try await terminal.type(key) }
                guard isWriting else {
                    let expected = stored[name] ?? []
                    _ = try? await terminal.wait(for: name, until: .seconds(10)) { stable($0) == expected }
                    let frame = stable(try await terminal.screen())
                    // Those after it would not be right either.
                    try #require(
                        frame == expected, "\(form.testDescription), \(name):\n\(frame.joined(separator: "\n"))")
                    continue
                }
                var last = before
                try await terminal.wait(for: name) { screen in
                    defer { last = screen }
                    return screen == last && (keys.isEmpty || screen != before)
                }
                shown.append((name, stable(last)))
            }
        }
        if isWriting {
            let text = shown.map { "== \($0.name)\n" + $0.frame.map { $0 + "\n" }.joined() }.joined()
            try Data(text.utf8).write(to: file)
        }
    }

    private static func frames(_ text: String) -> [String: [String]] {
        var frames: [String: [String]] = [:]
        var name = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("== ") {
                name = String(line.dropFirst(3))
                frames[name] = []
            } else {
                frames[name]?.append(String(line))
            }
        }
        return frames
    }

    @Test func `Colours are for those who want them`() async throws {
        let command = "cd \(Self.root.path); " + (try Self.view("view", "-i", "traces/failures-ring"))
        for (value, isColoured) in [("1", false), (nil, true)] as [(String?, Bool)] {
            try await TmuxTerminal.run(command, environment: ["NO_COLOR": value]) { terminal in
                let screen = try await terminal.wait(for: "the tasks", styled: true) {
                    $0.contains { $0.contains("12 tasks") }
                }
                #expect(screen.contains { $0.contains("\u{1B}[31m") } == isColoured, "\(screen)")
            }
        }
    }

    // MARK: The terminal

    /// How the view ends, and with what status.
    private static let endings: [(how: String, keys: String?, signal: Int32?, status: Int32)] = [
        ("q", "q", nil, 0), ("Ctrl-C", "C-c", nil, 0), ("SIGTERM", nil, SIGTERM, 0), ("SIGHUP", nil, SIGHUP, 0),
        ("a crash", nil, SIGSEGV, 128 + SIGSEGV),
    ]

    @Test(arguments: endings)
    func `The terminal is given back as it was, however the view ends`(
        how: String, keys: String?, signal: Int32?, status: Int32
    ) async throws {
        try await withTemporaryDirectory { folder in
            let program = try BuiltProduct.path("pooltrace")
            // A shell before and after, which says how it finds the terminal.
            let script = """
                cd \(Self.root.path); echo first line; stty -a > \(folder.path("before"))
                sh -c 'echo $$ > \(folder.path("process")); exec \(program) view -i traces/failures-ring'
                echo status $?; stty -a > \(folder.path("after")); echo last line; exec cat
                """
            try await TmuxTerminal.run(
                script, environment: ["SWIFT_BACKTRACE": "enable=no"]
            ) { terminal in
                try await terminal.wait(for: "12 tasks")
                #expect(try await terminal.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "1 0 1")
                if let keys { try await terminal.type(keys) }
                if let signal {
                    let text = try String(contentsOfFile: folder.path("process"), encoding: .utf8)
                    let process = try #require(Int32(text.trimmingCharacters(in: .newlines)))
                    kill(process, signal)
                }
                let screen = try await terminal.wait(for: "last line")
                #expect(screen.contains("first line") && screen.contains("status \(status)"), "\(how): \(screen)")
                #expect(!screen.contains { $0.contains("timeline") }, "\(how): \(screen)")
                #expect(try await terminal.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag}") == "0 1 0")
            }
            let before = try String(contentsOfFile: folder.path("before"), encoding: .utf8)
            let after = try String(contentsOfFile: folder.path("after"), encoding: .utf8)
            #expect(before == after, "\(how)")
            #expect(before.contains(" icanon") && before.contains(" echo "), "\(before)")
        }
    }

    @Test func `Ctrl-Z gives the terminal to the shell, and fg brings the view back`() async throws {
        let command = try BuiltProduct.path("pooltrace") + " view -i traces/failures-ring"
        try await TmuxTerminal.run(
            "cd \(Self.root.path); exec env PS1='shell> ' bash --norc --noprofile -i"
        ) { terminal in
            try await terminal.wait(for: "shell>")
            try await terminal.type(command, "Enter")
            try await terminal.wait(for: "12 tasks")
            try await terminal.type("2")
            try await terminal.wait(for: "[2 tasks]")
            try await terminal.type("C-z")
            try await terminal.wait(for: "Stopped")
            #expect(try await terminal.state("#{alternate_on} #{cursor_flag}") == "0 1")
            try await terminal.type("fg", "Enter")
            try await terminal.wait(for: "[2 tasks]")
            #expect(try await terminal.state("#{alternate_on} #{cursor_flag}") == "1 0")
            try await terminal.type("q")
            try await terminal.wait(for: "the shell's prompt") { $0.contains { $0.hasPrefix("shell> fg") } }
        }
    }

    @Test func `A window that changes its size is drawn anew, however small`() async throws {
        let command = "cd \(Self.root.path); " + (try Self.view("view", "-i", "traces/failures-ring"))
        try await TmuxTerminal.run(command) { terminal in
            let first = try await terminal.wait(for: "6 lints")
            for (columns, rows) in [(120, 40), (20, 5), (3, 2), (200, 10)] {
                try await terminal.resize(columns: columns, rows: rows)
                try await terminal.wait(for: "a frame of \(columns)x\(rows)") {
                    $0.count == rows && $0.contains { $0.hasPrefix("[1") || $0.hasPrefix("js") }
                }
            }
            try await terminal.resize(columns: 80, rows: 24)
            try await terminal.wait(for: "the first frame") { $0 == first }
        }
    }

    // MARK: Live

    /// How many tasks the status line of a screen counts.
    private static func tasks(_ screen: [String]) -> Int? {
        screen.lazy.compactMap { $0.firstMatch(of: #/^(\d+) tasks,/#).flatMap { Int($0.output.1) } }.first
    }

    @Test(arguments: [["view", "--pid"], ["top"]])
    func `A running process is looked at while it runs, paused and left alone`(command: [String]) async throws {
        let program = try BuiltProduct.path("pool-program")
        let result = try await Child.run(program, ["steady"]) { child in
            try await child.waitForOutput(containing: "steady")
            let words = try [BuiltProduct.path("pooltrace")] + command + ["\(child.pid); echo ended with $?; exec cat"]
            let line = words.joined(separator: " ")
            try await TmuxTerminal.run(line, columns: 120) { terminal in
                let first = try await terminal.wait(for: "tasks") { (Self.tasks($0) ?? 0) > 0 }
                let count = Self.tasks(first) ?? 0
                try await terminal.wait(for: "more than \(count) tasks") { (Self.tasks($0) ?? 0) > count }
                try await terminal.type("Space")
                try await terminal.wait(for: "paused")
                try await terminal.type("Space")
                try await terminal.wait(for: "the view going on") { !$0.contains { $0.contains("paused") } }
                try await terminal.type("2")
                try await terminal.wait(for: "[2 tasks]")
                // It ends before the view does, which says so and stays.
                child.send(SIGTERM)
                try await terminal.type("1")
                try await terminal.wait(for: "the process has ended")
                try await terminal.type("q")
                try await terminal.wait(for: "ended with 0")
            }
        }
        #expect(result.status == .exited(0), "\(result)")
    }
}
