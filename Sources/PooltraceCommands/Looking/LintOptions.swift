internal import ArgumentParser
internal import TraceAnalysis

/// Which lints end a command with a status of their own, for scripts that check runs.
struct LintOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Exit with \(CommandExit.denied.rawValue) if a run has this lint; may be repeated.",
            valueName: "lint"), completion: .list(Denied.allValueStrings))
    var deny: [Denied] = []

    /// A kind of lint, or all.
    struct Denied: ExpressibleByArgument {
        let kinds: Set<Lint.Kind>

        static var allValueStrings: [String] { Lint.Kind.allCases.map(\.rawValue) + ["all"] }

        init?(argument: String) {
            if argument == "all" {
                kinds = Set(Lint.Kind.allCases)
            } else if let kind = Lint.Kind(rawValue: argument) {
                kinds = [kind]
            } else {
                return nil
            }
        }
    }

    /// Says on standard error which runs have lints that are denied, and ends the command if there are any.
    func check(_ runs: [Run]) throws {
        let kinds = deny.reduce(into: Set<Lint.Kind>()) { $0.formUnion($1.kinds) }
        guard !kinds.isEmpty else { return }
        var isDenied = false
        for run in runs {
            for lint in run.lints where kinds.contains(lint.kind) {
                isDenied = true
                StandardError.write("\(run.trace): --deny \(lint.kind.rawValue): \(lint.sentence). \(lint.remedy)")
            }
        }
        if isDenied { try CommandExit.denied.end() }
    }
}
