import Foundation
import TestSupport
import Testing

@Suite struct JSONCheckTests {
    /// Runs the program in a folder that holds these files.
    private func check(
        _ files: [String: [UInt8]], _ arguments: [String] = ["."]
    ) async throws -> ChildResult {
        try await withTemporaryDirectory { directory in
            for (name, bytes) in files { try directory.write(bytes, to: name) }
            return try await Child.run(BuiltProduct.path("jsoncheck"), arguments, in: directory.path)
        }
    }

    private func check(_ text: String, _ arguments: [String] = ["."]) async throws -> ChildResult {
        try await check(["a.json": Array(text.utf8)], arguments)
    }

    @Test func goodFilesAreCountedAndNothingIsReported() async throws {
        let result = try await check(
            [
                "a.json": Array(#"{"a": [1, -0.5e+3, "\u00e9 é 😀", true, null]}"#.utf8), "b/c.json": Array("[]".utf8),
                "d.txt": [0],
            ])
        #expect(result.status == .exited(0), "\(result)")
        #expect(result.lines == ["checked 2 files: 0 broken, 2 good with 51 bytes and at most 2 levels"])
        #expect(result.error == "")
    }

    @Test(
        arguments: [
            ("", "1:1: expected a value, found the end of the file (byte 0)"),
            ("{\n \"a\": 1,\n \"b\": 2 x\n}", "3:9: expected ',' or '}', found 'x' (byte 19)"),
            ("[1, 2", "1:6: expected ',' or ']', found the end of the file (byte 5)"),
            ("[1,]", "1:4: expected a value, found ']' (byte 3)"),
            ("{,}", "1:2: expected a name in '\"', found ',' (byte 1)"),
            ("{\"a\" 1}", "1:6: expected ':', found '1' (byte 5)"),
            ("[tru]", "1:5: expected 'true', found ']' (byte 4)"),
            ("01", "1:2: expected no digit after a leading '0', found '1' (byte 1)"),
            ("[1.]", "1:4: expected a digit, found ']' (byte 3)"),
            ("[1e+]", "1:5: expected a digit, found ']' (byte 4)"),
            ("[] []", "1:4: expected the end of the file, found '[' (byte 3)"),
            ("\"é\n\"", "1:3: expected '\"' or an escape such as \\n, found the end of the line (byte 3)"),
            ("\"\\q\"", "1:3: expected one of \" \\ / b f n r t u after '\\', found 'q' (byte 2)"),
            ("\"\\u12g4\"", "1:6: expected four hexadecimal digits after '\\u', found 'g' (byte 5)"),
            ("NaN", "1:1: expected a value, found 'N' (byte 0)"),
            ("\u{FEFF}[]", "1:1: expected a value, found byte 0xEF (byte 0)"),
        ])
    func theFirstErrorIsNamedWithItsPosition(text: String, problem: String) async throws {
        let result = try await check(text, ["a.json"])
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.lines.first == "a.json:\(problem)", "\(text.debugDescription): \(result)")
        #expect(
            result.error.contains("task main.1 \"check\" failed: jsoncheck.JSONError: a.json:1:") || text.contains("\n")
        )
    }

    @Test(
        arguments: [[0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3]]
            as [[UInt8]])
    func textMustBeUTF8(bytes: [UInt8]) async throws {
        let result = try await check(["a.json": Array("[\"".utf8) + bytes + Array("\"]".utf8)])
        #expect(result.lines.first?.hasPrefix("./a.json:1:3: expected UTF-8") == true, "\(bytes): \(result)")
    }

    @Test func limitsHold() async throws {
        let deep = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
        #expect(try await check(deep, [".", "--max-depth", "20"]).status == .exited(0))
        let tooDeep = try await check(deep, [".", "--max-depth", "19"])
        #expect(
            tooDeep.lines.first == "./a.json:1:20: expected at most 19 levels, found one more (byte 19)", "\(tooDeep)")
        let deepest = String(repeating: "[", count: 100_000)
        #expect(
            try await check(deepest, [".", "--max-depth", "1024"]).lines.first?.hasPrefix("./a.json:1:1025:") == true)
        #expect(try await check(deep, [".", "--max-size", "40"]).status == .exited(0))
        let tooBig = try await check(deep, [".", "--max-size", "39"])
        #expect(tooBig.lines.first == "./a.json: expected at most 39 bytes, found 40", "\(tooBig)")
    }

    @Test func usageAndMissingFoldersHaveTheirOwnStatus() async throws {
        for arguments in [
            [], [".", "--max-depth", "0"], [".", "--max-depth", "5000"], [".", "--max-size", "0"],
            [".", "--workers", "0"],
        ] {
            #expect(try await check("[]", arguments).status == .exited(64), "\(arguments)")
        }
        let missing = try await check("[1", [".", "absent"])
        #expect(missing.status == .exited(66), "\(missing)")
        #expect(missing.error.contains("jsoncheck: absent: No such file or directory"), "\(missing)")
        #expect(missing.lines.first?.hasPrefix("./a.json:1:3:") == true, "\(missing)")
    }

    @Test func namesCannotReachTheTerminal() async throws {
        let result = try await check(["a\u{1B}[2J.json": Array("[1".utf8)])
        #expect(result.lines.first?.hasPrefix("./a\\e[2J.json:1:3: ") == true, "\(result)")
        #expect(!result.outputBytes.contains(0x1B) && !result.errorBytes.contains(0x1B))
    }

    @Test func failuresThatAreTheSameShareAReport() async throws {
        let files = Dictionary(uniqueKeysWithValues: (0..<20).map { ("\($0).json", Array("[1 2]".utf8)) })
        let result = try await check(files)
        #expect(result.lines.count == 21, "\(result)")
        #expect(result.error.components(separatedBy: " failed: jsoncheck.JSONError").count == 2, "\(result)")
        #expect(result.error.contains("19 failed the same way"), "\(result)")
        #expect(result.error.contains("JSONValidator.array()"), "\(result)")
    }
}
