/// A value of a trace's environment.
public enum EnvironmentValue: Sendable, Hashable, CustomStringConvertible {
    /// A number.
    case integer(Int64)
    /// A text.
    case string(String)

    /// The number or the text itself.
    public var description: String {
        switch self {
        case .integer(let value): String(value)
        case .string(let text): text
        }
    }
}
