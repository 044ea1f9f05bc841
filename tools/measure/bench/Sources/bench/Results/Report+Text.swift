// MARK: - For the terminal

extension Report {
    var text: String {
        let table = [Self.columns] + cells
        let widths = Self.columns.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return Self.isNumber(column) ? padding + row[column] : row[column] + padding
            }.joined(separator: "  ").trimmingTrailingSpaces
        }
        return (circumstances + [""] + lines + [""] + remarks).joined(separator: "\n") + "\n"
    }

    /// Whether a column is set flush right.
    static func isNumber(_ column: Int) -> Bool {
        ["minimum", "median", "ratio of minimums", "median ratio", "CPU/wall"].contains(columns[column])
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
