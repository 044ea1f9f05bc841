import PoolModel
import Testing

@Suite("TextLimit") struct TextLimitTests {
    @Test(arguments: [
        ("", 10, ""), ("0123456789", 10, "0123456789"), ("0123456789a", 10, "0123456..."), ("日本語日本", 12, "日本語..."),
        ("日本語日本", 11, "日本..."), ("a\0b", 10, "a\\0b"), ("\0\0\0\0", 10, "\\0\\0\\0\\0"),
    ])
    func `Text is cut at a character, within the limit`(text: String, limit: Int, cut: String) {
        #expect(TextLimit.cut(text, to: limit) == cut)
        #expect(TextLimit.cut(text, to: limit).utf8.count <= limit)
    }

    @Test func `A character longer than the limit is left out`() {
        let text = "e" + String(repeating: "\u{301}", count: 1000)
        #expect(TextLimit.cut(text, to: 20) == "...")
    }
}
