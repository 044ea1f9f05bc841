internal import Foundation
internal import TestSupport
internal import Testing

/// The commands of the README's tour, typed one after the other where `tools/demo` leaves a person.
@Suite("README")
struct ReadmeTests {
    /// A command of the tour, and the lines that the README shows below it.
    private struct Step {
        let command: String
        var shown: [Substring] = []

        /// The exit statuses that it may have.
        var statuses: Set<Int> {
            switch command.split(separator: " ").prefix(2).joined(separator: " ") {
            case "pooltrace run", "jsoncheck --serial": [1]
            case "pooltrace explore": [2]
            // It fails now and then: that is why it is searched.
            case "bugs close-overtakes-flush": [0, 1]
            case "pooltrace replay": command.contains(".schedule") ? [1] : [0]
            default: [0]
            }
        }
    }

    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func tour() throws -> [Step] {
        let readme = try text("README.md")
        let block = try #require(readme.firstMatch(of: #/```console\n((?s).*?)```/#)).output.1
        return block.split(separator: "\n").reduce(into: []) { steps, line in
            if line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2))))
            } else if !steps.isEmpty, !line.hasPrefix("..."), !line.contains("... ") {
                steps[steps.count - 1].shown.append(line)
            }
        }
    }

    /// Types the commands in one shell; what each prints and exits with.
    private static func type(_ steps: [Step], in folder: TemporaryDirectory) async throws -> [(
        text: String, status: Int
    )] {
        let script = steps.map { "\($0.command)\nprintf '\\n@@ %d\\n' $?\n" }.joined()
        let result = try await Child.run(
            "bash", ["-c", "exec 2>&1\n\(script)"],
            environment: ["XDG_STATE_HOME": folder.path("state"), "POOLTRACE_LTTNG": "off"], in: folder.path)
        return result.output.matches(of: #/((?s).*?)\n@@ (\d+)\n/#).map { (String($0.1), Int($0.2) ?? -1) }
    }

    @Test func `Every command of the tour can be typed as it stands after tools/demo, and prints what is shown`()
        async throws
    {
        let steps = try Self.tour()
        #expect(steps.count >= 8)
        try await withTemporaryDirectory { folder in
            let manager = FileManager.default
            try manager.createDirectory(atPath: folder.path(".build"), withIntermediateDirectories: true)
            try manager.createSymbolicLink(
                atPath: folder.path(".build/release"), withDestinationPath: try BuiltProduct.folder)
            // Enough for both workers.
            let numbers = (1...5000).map { "[\($0), {\"b\": null}]" }.joined(separator: ", ")
            for number in 1...60 {
                try folder.write("{\"a\": [\(numbers)]}\n", to: ".build/demo/data/\(number).json")
            }
            let nested = String(repeating: "{\"a\": ", count: 9)
            try folder.write(nested + "1", to: ".build/demo/data/17.json")
            // The directories that the demonstration leaves there.
            for match in try Self.text("tools/demo").matches(of: #/--(?:dir|output) (\w+)/#) {
                try folder.write("left by tools/demo\n", to: ".build/demo/\(match.1)/left")
            }
            let typed = try await Self.type(steps, in: folder)
            #expect(typed.count == steps.count)
            for (step, result) in zip(steps, typed) {
                #expect(step.statuses.contains(result.status), "\(step.command): \(result)")
                // Times, paths and counts differ; how a line begins does not.
                func beginning(_ line: Substring) -> Substring? { line.split { " │".contains($0) }.first }
                let beginnings = Set(result.text.split(separator: "\n").map(beginning))
                for line in step.shown where result.status != 1 || !step.command.hasPrefix("bugs") {
                    #expect(beginnings.contains(beginning(line)), "\(step.command): \(line)\n\(result)")
                }
            }
        }
    }

    @Test func `tools/demo ends where the tour begins`() throws {
        let start = try #require(try Self.tour().first?.command)
        #expect(start.hasPrefix("cd .build/demo && export PATH="))
        #expect(try Self.text("tools/demo").contains("printf '  \(start)\\n'"))
    }

    @Test func `It is short, and so is CONTRIBUTING`() throws {
        #expect(try Self.text("README.md").utf8.count <= 8192)
        #expect(try Self.text("CONTRIBUTING.md").utf8.count <= 6144)
    }

    @Test(arguments: ["README.md", "CONTRIBUTING.md", "Sources/README.md"])
    func `What it links to, and the files that its tables name, are there`(path: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let text = try Self.text(path)
        let folder = root.appending(path: path).deletingLastPathComponent()
        let links = text.matches(of: #/\]\(([^)#]+)(?:#[^)]*)?\)/#).map { folder.appending(path: String($0.1)) }
        let named = text.matches(of: #/`((?:Sources|tools|traces|Tests)\/[A-Za-z0-9+.\/-]+)`/#)
            .map { root.appending(path: String($0.1)) }
        #expect(links.count + named.count > 5)
        for url in links + named {
            #expect(FileManager.default.fileExists(atPath: url.path), "\(path): \(url.path)")
        }
    }
}
