/// What `pooltrace doctor` found out about one thing.
struct Finding: Equatable {
    /// How bad it is.
    enum Verdict: String, CaseIterable {
        case ok, warning, error
    }

    /// What was looked at, in a word or two.
    let subject: String
    let verdict: Verdict
    /// What was found.
    let text: String
    /// A command to type, unless all is well.
    var remedy: String?

    static func ok(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, verdict: .ok, text: text)
    }

    static func warning(_ subject: String, _ text: String, remedy: String) -> Finding {
        Finding(subject: subject, verdict: .warning, text: text, remedy: remedy)
    }

    static func error(_ subject: String, _ text: String, remedy: String) -> Finding {
        Finding(subject: subject, verdict: .error, text: text, remedy: remedy)
    }
}
