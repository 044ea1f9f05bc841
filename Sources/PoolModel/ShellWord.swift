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

    /// What follows the first word of a command line that `commandLine` made.
    public static func arguments(of commandLine: String) -> Substring {
        var (isQuoted, isEscaped) = (false, false)
        let rest = commandLine.drop { character in
            switch character {
            case _ where isEscaped: isEscaped = false
            case "'": isQuoted.toggle()
            case "\\" where !isQuoted: isEscaped = true
            case " " where !isQuoted: return false
            default: break
            }
            return true
        }
        return rest.dropFirst()
    }

    /// A command line from its words.
    public static func commandLine(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }
}
