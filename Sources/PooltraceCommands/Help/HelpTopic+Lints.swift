internal import TraceAnalysis

extension HelpTopic {
    static var lintsText: String {
        let head = """
            LINTS: likely performance problems and mistakes in a run, and remedies

            `pooltrace view`, `stats` and their JSON show them. With `--deny LINT` or
            `--deny all` the exit status is \(CommandExit.denied.rawValue) if the run has such a lint.

            """
        return Lint.Kind.allCases.reduce(head) { text, kind in
            text + "\n\(kind.rawValue)\n" + wrapped(kind.explanation, indent: 2)
                + wrapped("Remedy: " + kind.remedy, indent: 2)
        }
    }
}
