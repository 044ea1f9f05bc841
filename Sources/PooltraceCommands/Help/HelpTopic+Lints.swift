internal import TraceAnalysis

extension HelpTopic {
    static var lintsText: String {
        let head = """
            LINTS: what in a run is likely not meant so, and what to do about it

            `pooltrace view`, `stats` and their JSON show them. `--deny LINT`, or
            `--deny all`, makes one the exit status \(CommandExit.denied.rawValue).

            """
        return Lint.Kind.allCases.reduce(head) { text, kind in
            text + "\n\(kind.rawValue)\n" + wrapped(kind.explanation, indent: 2) + wrapped(kind.remedy, indent: 2)
        }
    }
}
