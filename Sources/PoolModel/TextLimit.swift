/// How much text an event carries, so that none exceeds a quarter of a packet; and the one place that cuts.
public enum TextLimit {
    /// Names, inputs, messages, functions: bytes of UTF-8.
    public static let text = 4096
    /// Paths: bytes of UTF-8.
    public static let short = 2048
    /// Types: bytes of UTF-8.
    public static let type = 1023
    /// What ran beside a failed task: how many tasks, and how long their paths are together, with a byte between two.
    public static let neighbours = (count: 48, paths: 1943)

    /// Cuts at a character and marks it with `...`; a NUL, which would end the text in a trace, becomes `\0`.
    public static func cut(_ text: String, to limit: Int = text) -> String {
        let whole =
            text.utf8.contains(0)
            ? text.split(separator: "\0", omittingEmptySubsequences: false).joined(separator: "\\0") : text
        guard whole.utf8.count > limit else { return whole }
        var end = whole.startIndex
        var bytes = 0
        for index in whole.indices {
            bytes += whole[index].utf8.count
            guard bytes <= limit - 3 else { break }
            end = whole.index(after: index)
        }
        return whole[..<end] + "..."
    }
}
