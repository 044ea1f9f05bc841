internal import Testing
internal import TraceViews

@Suite("Keys from a terminal's bytes")
struct InputDecoderTests {
    @Test(arguments: [
        ("j", [InputEvent.key(.character("j"))]), ("\u{1B}[A", [.key(.up)]), ("\u{1B}OB", [.key(.down)]),
        ("\u{1B}[5~", [.key(.pageUp)]), ("\u{1B}[1;5C", [.key(.right)]), ("\u{1B}[Z", [.key(.backTab)]),
        ("\u{03}", [.key(.control("c"))]), ("\r", [.key(.enter)]), ("\u{7F}", [.key(.backspace)]),
        ("\u{1B}[<64;10;5M", [.wheel(isUp: true, column: 9, row: 4)]),
        ("\u{1B}[<65;1;1M", [.wheel(isUp: false, column: 0, row: 0)]),
        ("\u{1B}[<0;3;2M", [.click(column: 2, row: 1)]), ("\u{1B}[<0;3;2m", []),
        ("é漢", [.key(.character("é")), .key(.character("漢"))]), ("\u{1B}[200~", []),
        ("\u{1B}[99999999999999999999A", [.key(.up)]), ("\u{1B}[<9;M", []),
        ("\u{1B}[<0;-9223372036854775808;9223372036854775807M", [.click(column: 0, row: 9999)]),
    ])
    func `Sequences are keys, whole or byte by byte`(text: String, events: [InputEvent]) {
        var whole = InputDecoder()
        #expect(whole.decode(text.utf8) == events, "\(text.debugDescription)")
        #expect(!whole.isWaiting, "\(text.debugDescription)")
        var single = InputDecoder()
        #expect(text.utf8.flatMap { single.decode([$0]) } == events, "\(text.debugDescription), byte by byte")
    }

    @Test func `A lone Escape is a key once nothing follows`() {
        var decoder = InputDecoder()
        #expect(decoder.decode([0x1B]).isEmpty)
        #expect(decoder.isWaiting)
        #expect(decoder.flush() == [.key(.escape)])
        #expect(!decoder.isWaiting)
    }

    @Test func `Any bytes are read to their end`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in
                Bool.random(using: &random) ? UInt8.random(in: 0...255) : Array("\u{1B}[<;1M~O".utf8).randomElement()!
            }
            var decoder = InputDecoder()
            _ = decoder.decode(bytes)
            _ = decoder.flush()
            #expect(!decoder.isWaiting, "\(bytes)")
        }
    }
}
