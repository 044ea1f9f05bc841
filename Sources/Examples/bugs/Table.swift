/// Rows of text to be parsed: what the tasks of these programs spend their time with.
///
/// How many there are differs from run to run, as with real input; which tasks there are does not depend on it.
struct Table: Sendable {
    private let text: [UInt8]

    /// Text with some number of rows.
    init(rows: ClosedRange<Int>) {
        var text: [UInt8] = []
        for row in 0..<Int.random(in: rows) {
            text += "item;".utf8
            text += [UInt8(ascii: "1") + UInt8(row % 9), UInt8(ascii: "0"), UInt8(ascii: "\n")]
        }
        self.text = text
    }

    /// The sum of the second column.
    func sum() -> Int {
        var sum = 0
        for row in text.split(separator: UInt8(ascii: "\n")) {
            let number = row.drop { $0 != UInt8(ascii: ";") }.dropFirst()
            sum += Int(String(decoding: number, as: UTF8.self)) ?? 0
        }
        return sum
    }
}
