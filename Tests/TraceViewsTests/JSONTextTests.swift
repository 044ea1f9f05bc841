import Testing

@testable import TraceViews

@Suite("Text as JSON")
struct JSONTextTests {
    private static func document(_ write: (inout JSONWriter) -> Void) -> String {
        var bytes: [UInt8] = []
        var writer = JSONWriter(to: { bytes += $0 })
        write(&writer)
        writer.finish()
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func line(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer(capacity: 64)
        bytes.withUnsafeBytes { JSONText.quote($0, &buffer) }
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), (#"say "\""#, #""say \"\\\"""#), ("a\n\t\r", #""a\n\u0009\u000d""#),
        ("\u{1B}[2J\u{7F}", #""\u001b[2J\u007f""#), ("é日本", #""é日本""#), ("\u{202E}x", #""\u202ex""#),
        ("\u{9B}", #""\u009b""#), ("\u{E0001}", #""\udb40\udc01""#),
    ])
    func `Documents and lines of events escape a text in the same way`(text: String, json: String) {
        #expect(Self.document { $0.value(nil, text) } == json + "\n")
        #expect(Self.line(Array(text.utf8)) == json)
        #expect(JSONText.quoted(text) == json)
    }

    @Test func `Bytes that are not UTF-8 become replacement characters`() {
        #expect(Self.line([0x41, 0xFF, 0xC3]) == "\"A\u{FFFD}\u{FFFD}\"")
        #expect(Self.document { $0.value(nil, utf8: [0x41, 0xFF]) } == "\"A\u{FFFD}\"\n")
    }

    @Test func `Objects that people look at are on lines of their own, numbers that JSON has not are texts`() {
        let text = Self.document { writer in
            writer.object { writer in
                writer.value("before", 1)
                writer.lines("all", [1.5, .infinity]) { number, writer in
                    writer.value("number", number)
                    writer.value("is", true)
                }
                writer.value("after", String?.none)
            }
        }
        #expect(
            text == """
                {"before":1,"all":[
                  {"number":1.5,"is":true},
                  {"number":"inf","is":true}
                ],"after":null}

                """)
    }
}
