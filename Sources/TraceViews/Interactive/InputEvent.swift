/// Something that the user did at the terminal.
public enum InputEvent: Sendable, Equatable {
    /// A key.
    public enum Key: Sendable, Hashable {
        /// A key that types something.
        case character(Character)
        /// A letter, held down with Control.
        case control(Character)
        case up
        case down
        case left
        case right
        case pageUp
        case pageDown
        case home
        case end
        case enter
        case escape
        case tab
        case backTab
        case backspace
    }

    /// A key was pressed.
    case key(Key)
    /// The mouse wheel was turned, at a place counted from 0.
    case wheel(isUp: Bool, column: Int, row: Int)
    /// The mouse was pressed.
    case click(column: Int, row: Int)
}
