extension HelpTopic {
    static var exitCodesText: String {
        let rows = ExitTable.rows.map { row in
            let lines = row.lines.map { meanings in
                meanings.map { meaning in
                    meaning.commands.isEmpty
                        ? meaning.text : "\(meaning.commands.joined(separator: ", ")): \(meaning.text)"
                }.joined(separator: "; ")
            }
            let status = "  \(row.status.rawValue)"
            let text = lines.map { wrapped($0, indent: 7, columns: 76) }.joined()
            return status + text.dropFirst(status.count)
        }
        return """
            EXIT CODES: what the exit status of each command means

            \(rows.joined())
            `run`, `record`, and `replay` of a schedule otherwise exit as the program did:
            with its status, or 128 and the number of the signal that ended it.

            """
    }
}
