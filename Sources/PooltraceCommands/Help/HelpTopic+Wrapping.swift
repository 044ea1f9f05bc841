extension HelpTopic {
    /// Words in lines that begin with spaces and have at most this many columns.
    static func wrapped(_ words: String, indent: Int, columns: Int = 80) -> String {
        let start = String(repeating: " ", count: indent - 1)
        var lines = [start]
        for word in words.split(separator: " ") {
            if lines[lines.count - 1].utf8.count + 1 + word.utf8.count > columns { lines.append(start) }
            lines[lines.count - 1] += " " + word
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
