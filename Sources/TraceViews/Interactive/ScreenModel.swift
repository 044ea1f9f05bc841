/// What a full-screen view is to the driver of a terminal: keys go in, frames come out.
public protocol ScreenModel {
    /// Takes something that the user did.
    mutating func take(_ event: InputEvent) -> ScreenEffect
    /// The screen as lines, as many as it has rows and none wider than it.
    mutating func frame(columns: Int, rows: Int) -> [String]
}

/// What the driver of a full-screen view is to do after an event.
public enum ScreenEffect: Sendable, Equatable {
    /// Show a new frame.
    case redraw
    /// End.
    case quit
    /// Give the terminal back until the process is continued.
    case suspend
}
