import PoolModel
import TestSupport
import Testing

@Suite("ShellWord") struct ShellWordTests {
    private static let words = [
        "", "plain", "/usr/bin/jsoncheck", "--dir=/tmp/x", "a b", "it's", "''", "'", "\"quoted\"", "$HOME", "`id`",
        "$(id)",
        "a;b", "a&&b", "a|b", "*", "?", "[a]", "~", "~root", "#comment", "!", "a\\b", "\\", "a\nb", "\n", "\t", "{a,b}",
        "a>b",
        "<a", "NAME=value", "=ls", "-", "--", "日本", "\u{1B}[31m", "main.2[17]", "%1", "a!b", "^a", "(a)", "-n", "a=b c",
    ]

    @Test func `A shell gives the words back as they were`() async throws {
        let line = ShellWord.commandLine(Self.words)
        let result = try await Child.run("/bin/sh", ["-c", "printf '%s\\0' \(line)"]).requireSuccess()
        let found = result.outputBytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
        #expect(found == Self.words)
    }

    @Test(arguments: [
        ("plain", "plain"), ("/usr/bin/a-b_c.d", "/usr/bin/a-b_c.d"), ("--dir=/tmp/x", "--dir=/tmp/x"), ("", "''"),
        ("NAME=value", "'NAME=value'"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("main.2[17]", "'main.2[17]'"),
    ])
    func `Only words that need it are quoted`(word: String, quoted: String) {
        #expect(ShellWord.quoted(word) == quoted)
    }
}
