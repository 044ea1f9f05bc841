extension HelpTopic {
    static var exitCodesText: String {
        let rows = ExitTable.rows.map { row in
            let lines = row.lines.map { meanings in
                meanings.map { meaning in
                    meaning.commands.isEmpty
                        ? meaning.text
                        : "\(meaning.commands.map { "`\($0)`" }.joined(separator: ", ")): \(meaning.text)"
                }.joined(separator: "; ")
            }
            let status = "  \(row.status.rawValue)"
            let text = lines.map { wrapped($0, indent: 7, columns: 76) }.joined()
            return status + text.dropFirst(status.count)
        }
        return """
            EXIT CODES: the exit statuses of the commands

            \(rows.joined())
            `run`, `record`, and `replay` of a schedule otherwise exit like the program:
            with its status, or with 128 plus the number of the signal that killed it.

            """
    }
}
