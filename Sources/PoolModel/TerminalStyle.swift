/// Bold, dim and colours, or none of them: the one place that writes SGR sequences.
///
/// The printing code decides by `TerminalStyle.init(terminal:environment:)`, which honours `NO_COLOR`
/// (https://no-color.org).
public struct TerminalStyle: Sendable {
    /// Whether sequences are written at all.
    public let isColoured: Bool

    /// No sequences: for pipes, files and comparison.
    public static let plain = TerminalStyle(isColoured: false)

    /// Makes a style that writes sequences, or does not.
    public init(isColoured: Bool) { self.isColoured = isColoured }

    /// Colours for a terminal, unless `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
    public init(terminal: Bool, environment: (String) -> String?) {
        isColoured = terminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }

    /// Bold text.
    public func bold(_ text: String) -> String { wrap(text, "1") }
    /// Faint text.
    public func dim(_ text: String) -> String { wrap(text, "2") }
    /// Red: what failed.
    public func red(_ text: String) -> String { wrap(text, "31") }
    /// Green: what succeeded.
    public func green(_ text: String) -> String { wrap(text, "32") }
    /// Yellow: what needs attention.
    public func yellow(_ text: String) -> String { wrap(text, "33") }
    /// Cyan: names.
    public func cyan(_ text: String) -> String { wrap(text, "36") }

    /// Foreground and background swapped: what is selected.
    public func reversed(_ text: String) -> String { wrap(text, "7") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
