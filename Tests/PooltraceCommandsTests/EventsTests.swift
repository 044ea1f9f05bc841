import CTF
import Foundation
import TestSupport
import Testing

@Suite("pooltrace events")
struct EventsTests {
    private static let metadata = """
        /* CTF 1.8 */
        typealias integer { size = 8; } := u8;
        typealias integer { size = 64; map = clock.c.value; } := stamp;
        trace { major = 1; minor = 8; byte_order = le; packet.header := struct { u8 stream_id; }; };
        clock { name = c; freq = 1000000000; };
        stream {
            id = 0; packet.context := struct { stamp timestamp_begin; stamp timestamp_end; };
            event.header := struct { stamp timestamp; u8 id; };
            event.context := struct { u8 vpid; };
        };
        event { name = "say"; id = 0; fields := struct { string text; u8 n; }; };
        """

    private static func bytes(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// A trace that begins at a second and has an event a millisecond.
    private static func trace(
        _ folder: TemporaryDirectory, _ texts: [[UInt8]], contexts: [UInt8] = [], tail: [UInt8] = []
    ) throws -> String {
        var stream: [UInt8] = [0] + bytes(1_000_000_000) + bytes(2_000_000_000)
        for (index, text) in texts.enumerated() {
            stream +=
                bytes(1_000_000_000 + UInt64(index) * 1_000_000)
                + [0, index < contexts.count ? contexts[index] : 42] + text + [0, UInt8(truncatingIfNeeded: index)]
        }
        try folder.write(metadata, to: "trace/metadata")
        try folder.write(stream + tail, to: "trace/stream")
        return folder.path("trace")
    }

    private static func events(_ arguments: String...) async throws -> ChildResult {
        try await Child.run(try BuiltProduct.path("pooltrace"), ["events"] + arguments)
    }

    @Test("Text has time, stream, name, context and fields; what could move a terminal's cursor is escaped")
    func text() async throws {
        try await withTemporaryDirectory { folder in
            let texts: [[UInt8]] = [Array("plain".utf8), Array("a\u{1B}[31m\n\"q\"\\ é".utf8), [0x41, 0xFF]]
            let trace = try Self.trace(folder, texts)
            let result = try await Self.events(trace).requireSuccess()
            #expect(
                result.output == """
                    +0.000000000 0 say: { vpid = 42 }, { text = "plain", n = 0 }
                    +0.001000000 0 say: { vpid = 42 }, { text = "a\\e[31m\\n\\"q\\"\\\\ é", n = 1 }
                    +0.002000000 0 say: { vpid = 42 }, { text = "A\\xFF", n = 2 }

                    """)
            #expect(result.error.isEmpty)
            let lean = try await Self.events(trace, "--no-times", "--to", "0.5ms").requireSuccess()
            #expect(lean.output == "say: { text = \"plain\", n = 0 }\n")
        }
    }

    @Test("Each event has its own context, whether it is that of the event before or another")
    func contexts() async throws {
        try await withTemporaryDirectory { folder in
            let contexts: [UInt8] = [1, 1, 200, 1, 1, 0, 200, 200]
            let trace = try Self.trace(folder, contexts.map { _ in Array("t".utf8) }, contexts: contexts)
            let text = try await Self.events(trace).requireSuccess().output
            #expect(text.matches(of: /vpid = (\d+) \}, \{ text = "t"/).compactMap { UInt8($0.1) } == contexts)
            let json = try await Self.events(trace, "--format", "json").requireSuccess().output
            #expect(json.matches(of: /"context":\{"vpid":(\d+)\},"fields"/).compactMap { UInt8($0.1) } == contexts)
        }
    }

    @Test("JSON is an object a line that parses, whatever the text")
    func json() async throws {
        try await withTemporaryDirectory { folder in
            let trace = try Self.trace(folder, [Array("a\u{1}\"\\\u{7F}\n".utf8), [0x41, 0xFF, 0xC3]])
            let result = try await Self.events(trace, "--format", "json").requireSuccess()
            let objects = try result.lines.map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
            #expect(objects.count == 2)
            #expect(
                objects.map { ($0["fields"] as? [String: Any])?["text"] as? String } == [
                    "a\u{1}\"\\\u{7F}\n", "A\u{FFFD}\u{FFFD}",
                ])
            #expect(objects[1]["time_ns"] as? Int == 1_001_000_000 && objects[1]["event"] as? String == "say")
            #expect((objects[0]["context"] as? [String: Any])?["vpid"] as? Int == 42)
        }
    }

    @Test(
        "A range of time counts from the start",
        arguments: [("--from", "1.5ms", 8), ("--from", "0.002", 8), ("--to", "3000us", 4)])
    func range(option: String, value: String, count: Int) async throws {
        try await withTemporaryDirectory { folder in
            let trace = try Self.trace(folder, (0..<10).map { Array("\($0)".utf8) })
            let result = try await Self.events(trace, option, value).requireSuccess()
            #expect(result.lines.count == count, "\(result)")
        }
    }

    @Test("Events of many streams, more than a piece of each, come in order of time, and of streams where it is equal")
    func order() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write(Self.metadata, to: "trace/metadata")
            var random = SystemRandomNumberGenerator()
            for stream in 0..<7 {
                var content: [UInt8] = [0] + Self.bytes(1_000_000_000) + Self.bytes(9_000_000_000)
                var time: UInt64 = 1_000_000_000
                for number in 0..<(stream == 3 ? 0 : 4000) {
                    // Bursts of one stream, and many equal times.
                    if random.next() % 8 == 0 { time += UInt64.random(in: 0..<5) * 1000 }
                    content += Self.bytes(time) + [0, 42] + Array("\(stream) \(number)".utf8) + [0, 0]
                }
                try folder.write(content, to: "trace/stream\(stream)")
            }
            let set = try TraceSet(paths: [folder.path("trace")])
            var expected: [String] = []
            set.forEach { expected.append($0.payload.string(0)) }
            #expect(expected.count == 24_000)
            let result = try await Self.events(folder.path("trace"), "--no-times").requireSuccess()
            let found = result.lines.map { String($0.dropFirst("say: { text = \"".count).prefix { $0 != "\"" }) }
            let wrong = zip(found, expected).first { $0 != $1 }.map { "\($0) where \($1) is due" }
            #expect(found.count == expected.count && wrong == nil, "\(found.count) lines; \(wrong ?? "")")
        }
    }

    @Test("A summary counts the events of each class and tells between which values each field lies")
    func summary() async throws {
        try await withTemporaryDirectory { folder in
            let trace = try Self.trace(folder, ["a", "", "long\u{1B}"].map { Array($0.utf8) })
            let text = try await Self.events(trace, "--summary").requireSuccess()
            #expect(
                text.output == """
                    say: 3 events, +0.000000000 ... +0.002000000
                        vpid = 42 ... 42
                        text = 0 ... 5 bytes
                        n = 0 ... 2
                    total: 3 events

                    """)
            let json = try await Self.events(trace, "--summary", "--format", "json", "--from", "0.5ms").requireSuccess()
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json)")
            let say = try #require((object["classes"] as? [[String: Any]])?.first, "\(json)")
            #expect(object["total"] as? Int == 2 && say["event"] as? String == "say", "\(json)")
            #expect(say["first_ns"] as? Int == 1_001_000_000 && say["last_ns"] as? Int == 1_002_000_000, "\(json)")
            let fields = try #require(say["fields"] as? [[String: Any]], "\(json)")
            #expect(fields.map { $0["least"] as? Int } == [42, 0, 1], "\(json)")
        }
    }

    @Test("The exit status tells damage (3), nothing readable (1) and a wrong command line (64) apart")
    func status() async throws {
        try await withTemporaryDirectory { folder in
            let damaged = try Self.trace(folder, [Array("whole".utf8)], tail: [1, 2, 3])
            let result = try await Self.events(damaged)
            #expect(result.status == .exited(3) && result.lines.count == 1, "\(result)")
            #expect(result.error.contains("stream: packet 0 at byte") && result.error.split(separator: "\n").count == 2)
            #expect(result.error.hasSuffix("pooltrace: skipped 1 corrupt section; the rest was read\n"), "\(result)")
            let strict = try await Self.events(damaged, "--strict")
            #expect(strict.status == .exited(3) && strict.lines.count == 1, "\(strict)")
            #expect(strict.error == result.error.split(separator: "\n")[0] + "\n")
            let summary = try await Self.events(damaged, "--summary", "--strict")
            #expect(summary.status == .exited(3) && summary.error == strict.error, "\(summary)")
            try folder.write("trace {\n x }", to: "bad/metadata")
            let bad = try await Self.events(folder.path("bad"))
            #expect(bad.status == .exited(1) && bad.error.contains("bad/metadata:"), "\(bad)")
            for arguments in [["--from", "soon"], ["--from", "2s", "--to", "1s"]] {
                let wrong = try await Child.run(try BuiltProduct.path("pooltrace"), ["events", damaged] + arguments)
                #expect(wrong.status == .exited(64), "\(wrong)")
            }
            for command in ["events", "view", "tasks"] {
                let wrong = try await Child.run(
                    try BuiltProduct.path("pooltrace"), [command, damaged, "--from", "2s", "--to", "1s"])
                #expect(wrong.status == .exited(64), "\(wrong)")
                #expect(wrong.error.hasPrefix("Error: '--to' is before '--from'\n"), "\(wrong)")
            }
        }
    }

    @Test("A reader that goes away ends the command quietly")
    func closedPipe() async throws {
        try await withTemporaryDirectory { folder in
            let trace = try Self.trace(folder, (0..<20_000).map { Array("\($0)".utf8) })
            let program = try BuiltProduct.path("pooltrace")
            let script = "{ '\(program)' events '\(trace)'; echo \"status $?\" >&2; } | head -n 1"
            let result = try await Child.run("sh", ["-c", script]).requireSuccess()
            #expect(result.lines.count == 1 && result.error == "status 0\n", "\(result)")
        }
    }
}
