/// Makes what a terminal is sent from the frames that it is to show: the lines that changed, each at its place.
public struct FrameDiff {
    private var shown: [String] = []

    /// Makes a diff against a screen that nothing is known of.
    public init() {}

    /// Forgets what the terminal shows: the next frame is sent whole.
    public mutating func forget() { shown = [] }

    /// The bytes that turn the frame before into `lines`.
    ///
    /// Between the two marks a terminal that knows them (synchronized output, mode 2026) shows nothing half done; others pass over them.
    public mutating func update(to lines: [String]) -> String {
        var text = ""
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            text += "\u{1B}[\(row + 1);1H\(line)\u{1B}[K"
        }
        if lines.count < shown.count || shown.isEmpty { text += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
        shown = lines
        return text.isEmpty ? "" : "\u{1B}[?2026h" + text + "\u{1B}[?2026l"
    }
}
