internal import PoolModel

/// Rows of cells in columns that fit a screen.
///
/// Where the screen is too narrow, columns of text become narrower, and then columns are left out, those of the highest
/// rank first.
struct TextTable {
    struct Column {
        let title: String
        var isNumber = false
        /// What is left out first; 0 is never left out.
        var rank = 0
        /// How narrow a column of text may become.
        var least = 8
    }

    struct Cell {
        var text: String
        var paint = StyledText.Paint.plain
        /// The end of the text, which stays where the text is cut.
        var tail = ""
        /// Whether the text is a path, with `tail` behind it: cut in front, since the end tells one from another.
        var isPath = false

        /// - Parameter text: Escaped already.
        init(_ text: String, _ paint: StyledText.Paint = .plain, tail: String = "") {
            self.text = text
            self.paint = paint
            self.tail = tail
        }

        /// A task's path, behind it its name, and what it does.
        static func path(
            _ path: String, name: String? = nil, _ paint: StyledText.Paint = .plain, then what: String = ""
        ) -> Cell {
            let tail = (name.map { " \"\($0)\"" } ?? "") + what
            var cell = Cell(path + tail, paint, tail: tail)
            cell.isPath = true
            return cell
        }

        func cut(to width: Int) -> String {
            if isPath { return cutPath(to: width) }
            guard !tail.isEmpty, TerminalText.width(text) > width, tail.utf8.count < width else {
                return TerminalText.cut(text, to: width)
            }
            return TerminalText.cut(String(text.dropLast(tail.count)), to: width - tail.utf8.count) + tail
        }

        /// The name is cut where it leaves the path less than half of the room.
        private func cutPath(to width: Int) -> String {
            let path = text.dropLast(tail.count)
            let room = max(width - TerminalText.width(tail), min(TerminalText.width(path), (width + 1) / 2))
            let cut = TerminalText.cutFront(path, to: min(width, room))
            return cut + TerminalText.cut(tail, to: width - TerminalText.width(cut))
        }
    }

    private static let indent = 2
    private static let gap = 2
    /// One cell does not make a column of text wider than this where there is room for all others.
    private static let widest = 100

    private let columns: [Column]
    /// The columns that are shown, by their places, each with its width.
    private let shown: [(column: Int, width: Int)]

    /// - Parameter rows: Those that the widths are made for; later ones are cut.
    init(_ columns: [Column], rows: [[Cell]], on screen: Screen) {
        self.columns = columns
        var natural = columns.map { $0.title.utf8.count }
        for row in rows {
            for (column, cell) in row.enumerated() {
                natural[column] = max(natural[column], min(TerminalText.width(cell.text), Self.widest))
            }
        }
        shown = Self.fitted(columns, natural, to: screen.width)
    }

    private static func fitted(_ columns: [Column], _ natural: [Int], to width: Int) -> [(column: Int, width: Int)] {
        var kept = Array(columns.indices)
        func room(_ width: (Int) -> Int) -> Int { indent + kept.map(width).reduce(0, +) + gap * max(0, kept.count - 1) }
        func least(_ column: Int) -> Int {
            columns[column].isNumber ? natural[column] : min(natural[column], columns[column].least)
        }
        while room(least) > width,
            let last = kept.filter({ columns[$0].rank > 0 }).max(by: { columns[$0].rank < columns[$1].rank })
        {
            kept.removeAll { $0 == last }
        }
        var widths = natural
        var excess = room { widths[$0] } - width
        while excess > 0,
            let widest = kept.filter({ widths[$0] > least($0) }).max(by: { widths[$0] < widths[$1] })
        {
            widths[widest] -= 1
            excess -= 1
        }
        return kept.map { ($0, widths[$0]) }
    }

    /// The columns' titles.
    var heading: StyledText { line(columns.map { Cell($0.title, .dim) }) }

    /// One row.
    func line(_ cells: [Cell]) -> StyledText {
        var line = StyledText(String(repeating: " ", count: Self.indent))
        for (place, (column, width)) in shown.enumerated() where column < cells.count {
            if place > 0 { line.append(String(repeating: " ", count: Self.gap)) }
            let cell = cells[column]
            let text = cell.cut(to: width)
            let blank = String(repeating: " ", count: max(0, width - TerminalText.width(text)))
            if columns[column].isNumber { line.append(blank) }
            line.append(text, cell.paint)
            if !columns[column].isNumber { line.append(blank) }
        }
        return line
    }
}
