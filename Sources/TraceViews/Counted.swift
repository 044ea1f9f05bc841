/// Numbers of things.
public enum Counted {
    /// `1 worker`, `2 workers`.
    public static func text(_ count: UInt64, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `1 worker`, `2 workers`.
    public static func text(_ count: Int, _ noun: String) -> String { text(UInt64(max(0, count)), noun) }
}
