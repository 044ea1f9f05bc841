internal import PoolModel

/// What `pooltrace help TOPIC` explains, besides the commands: one text each.
enum HelpTopic: String, CaseIterable {
    case environment
    case exitCodes = "exit-codes"
    case schedules
    case traces
    case lttng
    case reproduce
    case formats
    case lints

    /// The topic that a command line asks for, without the command's own name; `nil` if it asks for something else.
    ///
    /// No topic is called like a command.
    init?(arguments: [String]) {
        guard arguments.count == 2, arguments[0] == "help", let topic = Self(rawValue: arguments[1]) else { return nil }
        self = topic
    }

    /// In some words, for lists.
    var abstract: String {
        switch self {
        case .environment: "environment variables of programs with pools"
        case .exitCodes: "exit statuses of the commands"
        case .schedules: "strategies; orders of tasks as text"
        case .traces: "what is recorded, and where"
        case .lttng: "recording with LTTng"
        case .reproduce: "how to reproduce a rare failure"
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
        case .reproduce: Self.reproduceText
        case .formats: Self.formatsText
        case .lints: Self.lintsText
        }
    }

    /// Two columns: what may follow `pooltrace help`, and what it is.
    static var list: String {
        allCases.map { topic in
            TerminalText.fit("  pooltrace help \(topic.rawValue)", to: 32) + topic.abstract
        }.joined(separator: "\n")
    }
}
