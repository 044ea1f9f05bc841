/// Makes what a terminal is sent from the frames that it is to show: the lines that changed, each at its place.
public struct FrameDiff {
    private var shown: [String] = []

    /// Makes a diff against a screen that nothing is known of.
    public init() {}

    /// Forgets what the terminal shows: the next frame is sent whole.
    public mutating func forget() { shown = [] }

    /// The bytes that turn the frame before into `lines`.
    ///
    /// Between the two marks a terminal that knows them (synchronized output, mode 2026) shows nothing half done;
    /// others pass over them.
    public mutating func update(to lines: [String]) -> String {
        // Of a screen of another size nothing is known.
        if lines.count != shown.count { shown = [] }
        var text = shown.isEmpty ? "\u{1B}[H\u{1B}[J" : ""
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            // Erased before it is written: behind a line as wide as the screen the cursor still stands on its last
            // column.
            text += "\u{1B}[\(row + 1);1H\u{1B}[2K\(line)"
        }
        shown = lines
        return text.isEmpty ? "" : "\u{1B}[?2026h" + text + "\u{1B}[?2026l"
    }
}
