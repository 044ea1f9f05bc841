import PoolModel
import Testing

@Suite("TerminalText") struct TerminalTextTests {
    @Test(arguments: [
        ("", ""), ("plain ~!", "plain ~!"), ("a\nb", "a\\nb"), ("a\r\nb", "a\\r\\nb"), ("\t", "\\t"),
        ("\u{1B}[31mred\u{1B}[0m", "\\e[31mred\\e[0m"), ("\u{1B}]0;title\u{7}", "\\e]0;title\\u{7}"),
        ("\u{9B}31m", "\\u{9B}31m"), ("\u{0}", "\\u{0}"), ("\u{7F}", "\\u{7F}"), ("\u{85}", "\\u{85}"),
        ("a\u{202E}b", "a\\u{202E}b"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"), ("\u{200F}", "\\u{200F}"),
        ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"), ("a\u{200B}b", "a\\u{200B}b"), ("\u{FEFF}", "\\u{FEFF}"),
        ("\u{3164}", "\\u{3164}"), ("\u{115F}", "\\u{115F}"), ("\u{34F}", "\\u{34F}"), ("\u{E0041}", "\\u{E0041}"),
        ("\u{E000}", "\\u{E000}"), ("\u{10FFFF}", "\\u{10FFFF}"),
        ("é 日本語 👩", "é 日本語 👩"), ("e\u{301}", "e\u{301}"), ("❤\u{FE0F}", "❤\u{FE0F}"),
    ])
    func `What could harm a terminal becomes visible, the rest stays`(text: String, escaped: String) {
        #expect(TerminalText.escape(text).unicodeScalars.elementsEqual(escaped.unicodeScalars), "\(escaped)")
    }

    @Test(
        arguments: [
            ([0xFF], "\\xFF"), ([0x61, 0x80, 0x62], "a\\x80b"), ([0xC0, 0xAF], "\\xC0\\xAF"), ([0xC3], "\\xC3"),
            ([0xC3, 0x28], "\\xC3("), ([0xE2, 0x82], "\\xE2\\x82"), ([0xE2, 0x82, 0x41], "\\xE2\\x82A"),
            ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"), ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"),
            ([0xF0, 0x82, 0x82, 0xAC], "\\xF0\\x82\\x82\\xAC"), ([0xE0, 0x80, 0x80], "\\xE0\\x80\\x80"),
            ([0xF8, 0x88, 0x80, 0x80, 0x80], "\\xF8\\x88\\x80\\x80\\x80"), ([0xE2, 0x82, 0xAC], "€"),
            ([0xF0, 0x9F, 0x91, 0xA9], "👩"), ([0xC2, 0x9B], "\\u{9B}"), ([0xE2, 0xC3, 0xA9], "\\xE2é"),
        ] as [([UInt8], String)])
    func `Bytes that are no UTF-8 are shown as such`(bytes: [UInt8], escaped: String) {
        #expect(TerminalText.escape(utf8: bytes) == escaped, "\(bytes)")
    }

    @Test func `Escaped text is one line of safe characters, whatever the bytes`() {
        var state: UInt64 = 1
        for round in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<32 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 33))
            }
            let escaped = TerminalText.escape(utf8: bytes)
            #expect(escaped.unicodeScalars.allSatisfy(TerminalText.isSafe), "round \(round): \(bytes)")
            #expect(TerminalText.escape(escaped) == escaped, "round \(round): \(bytes)")
        }
    }

    @Test func `Long text is escaped in reasonable time`() {
        let text = String(repeating: "日\u{1B}", count: 50_000)
        #expect(TerminalText.escape(text).utf8.count == 50_000 * 5)
    }
}
