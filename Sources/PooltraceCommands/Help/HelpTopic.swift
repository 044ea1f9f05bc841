internal import PoolModel

/// What `pooltrace help TOPIC` explains, besides the commands: one text each.
enum HelpTopic: String, CaseIterable {
    case environment
    case exitCodes = "exit-codes"
    case schedules
    case traces
    case lttng
    case replay
    case formats
    case lints

    /// The topic that a command line asks for, without the command's own name; `nil` if it asks for something else.
    ///
    /// `replay` is a command as well; its help ends with where to go on, and `help topic replay` is the topic.
    init?(arguments: [String]) {
        let words = arguments.first == "help" ? arguments.dropFirst() : []
        switch words.count {
        case 1:
            guard let word = words.first, let topic = Self(rawValue: word), topic != .replay else { return nil }
            self = topic
        case 2 where words.first == "topic":
            guard let word = words.last, let topic = Self(rawValue: word) else { return nil }
            self = topic
        default: return nil
        }
    }

    /// In some words, for lists.
    var abstract: String {
        switch self {
        case .environment: "environment variables of programs with pools"
        case .exitCodes: "exit statuses of the commands"
        case .schedules: "strategies; orders of tasks as text"
        case .traces: "what is recorded, and where"
        case .lttng: "recording with LTTng"
        case .replay: "how to reproduce a rare failure"
        case .formats: "input and output formats"
        case .lints: "likely performance problems in a run"
        }
    }

    /// All of it, in lines of at most 80 columns.
    var text: String {
        switch self {
        case .environment: Self.environmentText
        case .exitCodes: Self.exitCodesText
        case .schedules: Self.schedulesText
        case .traces: Self.tracesText
        case .lttng: Self.lttngText
        case .replay: Self.replayText
        case .formats: Self.formatsText
        case .lints: Self.lintsText
        }
    }

    /// Two columns: what may follow `pooltrace help`, and what it is.
    static var list: String {
        allCases.map { topic in
            let name = topic == .replay ? "topic replay" : topic.rawValue
            return TerminalText.fit("  pooltrace help \(name)", to: 32) + topic.abstract
        }.joined(separator: "\n")
    }
}
