internal import PoolModel
internal import Testing

@Suite("TerminalText's widths")
struct TerminalTextWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("a日b", 4), ("│█▐", 3), ("ﾊﾝｶｸ", 4), ("👩", 2),
    ])
    func `Text is as wide as a terminal draws it`(text: String, width: Int) {
        #expect(TerminalText.width(text) == width, "\(text)")
    }

    @Test(arguments: [
        ("abc", 5, "abc  "), ("abcdef", 5, "abcd~"), ("abcde", 5, "abcde"), ("日本語", 6, "日本語"), ("日本語", 5, "日本~"),
        ("日本語", 4, "日~ "), ("日", 1, "~"), ("abc", 0, ""), ("", 3, "   "), ("e\u{301}e\u{301}e", 2, "e\u{301}~"),
    ])
    func `Fitted text is exactly as wide as asked`(text: String, columns: Int, fitted: String) {
        let found = TerminalText.fit(text, to: columns)
        #expect(found == fitted, "\(text) to \(columns)")
        #expect(TerminalText.width(found) == columns, "\(text) to \(columns)")
    }

    @Test func `Combining characters without end are cut`() {
        let text = "e" + String(repeating: "\u{301}", count: 100_000)
        #expect(TerminalText.fit(text, to: 10).unicodeScalars.count < 200)
    }

    @Test func `Cut text is not padded`() {
        #expect(TerminalText.cut("abc", to: 5) == "abc")
        #expect(TerminalText.cut("abcdef", to: 5) == "abcd~")
    }
}
