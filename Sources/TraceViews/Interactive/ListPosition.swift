/// Where a list is looked at: the selected row, and the first one shown.
struct ListPosition {
    var selected = 0
    private(set) var top = 0

    /// Moves by a key that moves in lists; false if it is not one.
    mutating func take(_ key: InputEvent.Key, page: Int) -> Bool {
        switch key {
        case .up, .character("k"): selected -= 1
        case .down, .character("j"): selected += 1
        case .pageUp, .control("b"): selected -= max(1, page - 1)
        case .pageDown, .control("f"): selected += max(1, page - 1)
        case .control("u"): selected -= max(1, page / 2)
        case .control("d"): selected += max(1, page / 2)
        case .home, .character("g"): selected = 0
        case .end, .character("G"): selected = Int.max / 2
        default: return false
        }
        return true
    }

    /// Keeps the selection within the list and on the screen.
    mutating func settle(count: Int, rows: Int) {
        selected = max(0, min(selected, count - 1))
        if selected < top { top = selected }
        if selected >= top + rows { top = selected - rows + 1 }
        top = max(0, min(top, count - rows))
    }
}
