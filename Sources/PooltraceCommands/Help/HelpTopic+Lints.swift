internal import TraceAnalysis

extension HelpTopic {
    static var lintsText: String {
        let head = """
            LINTS: what in a run is likely not meant so, and what to do about it

            `pooltrace view`, `stats` and their JSON show them. `--deny LINT`, or
            `--deny all`, makes one the exit status 4.

            """
        return Lint.Kind.allCases.reduce(head) { text, kind in
            text + "\n\(kind.rawValue)\n" + paragraph(kind.explanation) + paragraph(kind.remedy)
        }
    }

    /// Words in lines of at most 80 columns, below a heading.
    private static func paragraph(_ words: String) -> String {
        var lines = [" "]
        for word in words.split(separator: " ") {
            if lines[lines.count - 1].utf8.count + 1 + word.utf8.count > 80 { lines.append(" ") }
            lines[lines.count - 1] += " " + word
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
