/// Words as a shell must be given them, for commands that a person copies from a report.
public enum ShellWord {
    /// The word itself if no character of it means anything to a shell, else in single quotes.
    ///
    /// `NAME=value` is quoted, which a shell would take for an assignment where it is the first word; `--name=value` is
    /// not.
    public static func quoted(_ word: String) -> String {
        let isOption = word.hasPrefix("-")
        let plain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            case UInt8(ascii: "="): isOption
            default: "%+,-./:@_".utf8.contains(byte)
            }
        }
        if plain && !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A command line from its words.
    public static func commandLine(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }
}
