// MARK: - For RESULTS.md

extension Report {
    var markdown: String {
        let rule = Self.columns.indices.map { Self.isNumber($0) ? "---:" : "---" }
        let rows = ([Self.columns, rule] + cells).map { "| " + $0.joined(separator: " | ") + " |" }
        let introduction = [
            "# Results", "",
            "One run of `tools/measure/bench/run`. `README.md` explains the rows; times are in the unit of the row.",
            "",
        ]
        let facts = circumstances.map { "- \($0)" } + [""]
        return (introduction + facts + rows + [""] + remarks.map { "- \($0)" }).joined(separator: "\n") + "\n"
    }
}
