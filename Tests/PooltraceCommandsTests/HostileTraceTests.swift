internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

@Suite("Hostile text in traces")
struct HostileTextTests {
    static let texts: [TraceWriter.Value] = [
        .text("\u{1B}[2J\u{1B}]0;title\u{07}"), .text("two\nlines\r\tand a tab"), .text("日本語のタスク名前は幅が広い"),
        .text("a\u{202E}b\u{200B}c\u{2028}d\u{9B}31m"), .text("e" + String(repeating: "\u{301}", count: 5000)),
        .bytes([0x66, 0xFF, 0xC0, 0x80, 0xE2, 0x28, 0x6F]), .text(String(repeating: "long ", count: 20_000)),
        .text("👩‍👩‍👧‍👦🏳️‍🌈"), .text("%s %n \\x1b \"quotes\" 'and' $(more)"),
    ]

    @Test(arguments: texts.indices, [40, 80])
    func `Nothing but lines of text reaches the output, and columns stay aligned`(place: Int, width: Int) async throws {
        let hostile = Self.texts[place]
        var trace = TraceWriter()
        trace.begin(name: hostile)
        trace.run(1, worker: 1, from: 2, milliseconds: 40)
        trace.run(2, worker: 2, from: 2, milliseconds: 30, outcome: .failed)
        trace.fail(2, number: 1, at: 32, input: hostile, message: hostile)
        trace.add("mark", at: 33_000_000, .number(0), hostile)
        try await withTemporaryDirectory { directory in
            try trace.write(to: directory)
            let program = try BuiltProduct.path("pooltrace")
            let environment = ["COLUMNS": "\(width)", "LC_ALL": "C.UTF-8"]
            let view = try await Child.run(program, ["view", directory.path], environment: environment)
            #expect(view.status == .exited(0), "text \(place): \(view.error)")
            let text = try #require(String(validating: view.outputBytes, as: UTF8.self), "text \(place) is not UTF-8")
            for line in text.split(separator: "\n") {
                let unsafe = line.unicodeScalars.filter { !TerminalText.isSafe($0) }
                #expect(unsafe.isEmpty, "text \(place): \(line.debugDescription)")
            }
            let head = text.split(separator: "\n").prefix { !$0.hasPrefix("task ") }
            for line in head { #expect(TerminalText.width(line) <= width, "text \(place): \(line)") }
            let ends = Set(
                head.filter { $0.contains("│") }.map { line in
                    line.indices.filter { line[$0] == "│" }.map { TerminalText.width(line[..<$0]) }
                })
            #expect(ends.count == 1, "text \(place): edges at \(ends)")

            for command in ["view", "failures"] {
                let json = try await Child.run(program, [command, directory.path, "--format", "json"])
                let object = try JSONSerialization.jsonObject(with: Data(json.outputBytes)) as? [String: Any]
                #expect((object?["runs"] as? [Any])?.count == 1, "text \(place)")
            }
        }
    }
}
