import Testing

@testable import TraceViews

@Suite("Byte buffers")
struct ByteBufferTests {
    private static func text(_ body: (inout ByteBuffer) -> Void) -> String {
        var buffer = ByteBuffer(capacity: 64)
        buffer.reserve(32)
        body(&buffer)
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test("Numbers have the digits that Swift gives them")
    func numbers() {
        var values: [UInt64] = [0, .max]
        var power: UInt64 = 1
        for _ in 0..<20 {
            for near in [power &- 1, power, power &+ 1, power &* 5] { values.append(near) }
            power &*= 10
        }
        for _ in 0..<2000 { values.append(UInt64.random(in: 0...UInt64.max) >> UInt64.random(in: 0..<64)) }
        for value in values {
            #expect(Self.text { $0.cursor.append(decimal: value) } == String(value))
            #expect(Self.text { $0.cursor.append(hexadecimal: value) } == "0x" + String(value, radix: 16))
            let signed = Int64(bitPattern: value)
            #expect(Self.text { $0.cursor.append(decimal: signed) } == String(signed))
        }
    }

    @Test("The plain beginning of a text ends at whatever a terminal or a quoted text must not see as it is")
    func plain() {
        for byte in UInt8.min...UInt8.max {
            for place in [0, 3, 7, 8, 12, 20] {
                var bytes = Array("abcdefgh ABCDEFGH~!#[]".utf8)
                bytes[place] = byte
                let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                var count = 0
                let text = Self.text { buffer in
                    count = bytes.withUnsafeBytes { buffer.cursor.append(plainOf: $0) }
                }
                let expected = isPlain ? bytes.count : place
                #expect(count == expected && Array(text.utf8) == Array(bytes[..<expected]), "byte \(byte) at \(place)")
            }
        }
    }

    @Test("A buffer grows and keeps what it has")
    func growth() {
        let text = Self.text { buffer in
            for number in 0..<5000 { buffer.append("\(number) ") }
        }
        #expect(text == (0..<5000).map { "\($0) " }.joined())
    }
}
