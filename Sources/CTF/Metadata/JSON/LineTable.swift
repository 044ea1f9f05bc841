/// Finds the lines and columns of places in a text.
struct LineTable {
    /// Where each line begins.
    private let starts: [Int]

    init(_ text: [UInt8]) {
        starts = [0] + text.indices.lazy.filter { text[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    func location(of offset: Int) -> SourceLocation {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourceLocation(line: low + 1, column: offset - starts[low] + 1)
    }
}
