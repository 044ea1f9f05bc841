public import PoolModel

/// A list on the whole screen, of which the user chooses one.
public struct ChoiceList: ScreenModel {
    /// The place of what was chosen; nil as long as nothing was.
    public private(set) var chosen: Int?
    private let title: String
    private let choices: [String]
    private let isUnicode: Bool
    private let style: TerminalStyle
    private var list = ListPosition()
    private var rows = 20

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - title: What is to be chosen.
    ///   - choices: A line each, not escaped yet.
    ///   - isUnicode: Whether characters beyond ASCII can be drawn.
    ///   - style: Colours, or none.
    public init(title: String, choices: [String], isUnicode: Bool, style: TerminalStyle) {
        self.title = title
        self.choices = choices
        self.isUnicode = isUnicode
        self.style = style
    }

    /// Takes something that the user did.
    public mutating func take(_ event: InputEvent) -> ScreenEffect {
        switch event {
        case .key(.control("z")): return .suspend
        case .key(.control("c")), .key(.escape), .key(.character("q")): return .quit
        case .key(.enter) where !choices.isEmpty:
            chosen = list.selected
            return .quit
        case .key(let key): _ = list.take(key, page: rows)
        case .wheel(let isUp, _, _): list.selected += isUp ? -1 : 1
        case .click(_, let row): if row >= 2 { list.selected = list.top + row - 2 }
        }
        list.settle(count: choices.count, rows: rows)
        return .redraw
    }

    /// The screen as lines.
    public mutating func frame(columns: Int, rows height: Int) -> [String] {
        let columns = max(1, min(columns, 1000))
        let height = max(1, min(height, 1000))
        rows = max(1, height - 4)
        list.settle(count: choices.count, rows: rows)
        var lines = [StyledText(title, .bold), StyledText()]
        for place in list.top..<min(choices.count, list.top + rows) {
            var line = StyledText(" ")
            line.append(cell: choices[place], max(1, columns - 1))
            lines.append(place == list.selected ? line.marked().selected(to: columns) : line)
        }
        lines += Array(repeating: StyledText(), count: max(0, height - 1 - lines.count))
        lines.append(StyledText("jk move  Enter chooses  q quit", .cyan))
        return lines.suffix(max(height, 3)).prefix(height).map { line in
            (isUnicode ? line : line.inASCII).cropped(to: columns).rendered(style)
        }
    }
}
