internal import Glibc
public import PoolModel

/// What text is drawn for: how wide, with which characters, with or without colours.
public struct Screen: Sendable {
    /// Columns.
    public let width: Int
    /// Whether characters beyond ASCII can be drawn.
    public let isUnicode: Bool
    /// Colours, or none.
    public let style: TerminalStyle

    /// Narrower screens are drawn for as if they had this many columns.
    public static let minimumWidth = 40

    /// Creates a description.
    public init(width: Int, isUnicode: Bool = true, style: TerminalStyle = .plain) {
        self.width = min(max(width, Self.minimumWidth), 1000)
        self.isUnicode = isUnicode
        self.style = style
    }

    /// What a file descriptor leads to: a terminal with its own width and colours, or a pipe of 80 columns without.
    ///
    /// `COLUMNS` sets another width; `LC_ALL`, `LC_CTYPE` and `LANG` say whether the characters are UTF-8.
    public init(descriptor: Int32, environment: (String) -> String?) {
        var size = winsize()
        let isTerminal = isatty(descriptor) == 1
        var width = 80
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { width = Int(size.ws_col) }
        if let columns = environment("COLUMNS").flatMap(Int.init), columns > 0 { width = columns }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty } ?? ""
        let folded = locale.lowercased()
        self.init(
            width: width, isUnicode: folded.contains("utf-8") || folded.contains("utf8"),
            style: TerminalStyle(terminal: isTerminal, environment: environment))
    }
}

// MARK: - Glyphs

extension Screen {
    /// Busy for a fraction of a column's time.
    func shade(_ busy: Float) -> Character {
        if busy <= 0 { return " " }
        let shades: [Character] = isUnicode ? ["░", "▒", "▓", "█"] : [".", "-", "=", "#"]
        return shades[min(3, Int(busy * 4))]
    }

    /// Busy with what is off the processors.
    var offCPU: Character { isUnicode ? "─" : "~" }

    /// A height from 0 to `most`.
    func height(_ value: Int, of most: Int) -> Character {
        if value <= 0 || most <= 0 { return " " }
        let heights: [Character] = isUnicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : [".", "-", "=", "#"]
        return heights[min(heights.count - 1, (value - 1) * heights.count / most)]
    }

    /// The left end of a task that is drawn alone.
    var taskStart: Character { isUnicode ? "▐" : "[" }
    /// The column in which a task that is drawn alone ends, if less than half of it is busy.
    var taskEnd: Character { isUnicode ? "▌" : "]" }
    /// The edges of a row.
    var edge: String { isUnicode ? "│" : "|" }
    /// A tick of an axis.
    var tick: Character { isUnicode ? "╵" : "'" }
    /// A task failed here.
    var failure: Character { "x" }
    /// What the worker did here is older than the ring's window.
    var overwritten: Character { isUnicode ? "·" : "?" }
    /// A task runs here that has not ended.
    var notEnded: Character { ">" }
}
