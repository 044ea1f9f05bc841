/// How a command exits, in the sentence of its help: a text in which statuses are named, not numbers.
struct ExitSentence: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The statuses that it names.
    private(set) var statuses: Set<CommandExit> = []
    private var text = ""

    /// The paragraph of the command's help.
    var description: String { "EXIT STATUS: \(text)" }

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: StringInterpolation) {
        statuses = stringInterpolation.statuses
        text = stringInterpolation.text
    }

    /// Collects the statuses with the text.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var statuses: Set<CommandExit> = []
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// A status, as its number.
        mutating func appendInterpolation(_ status: CommandExit) {
            statuses.insert(status)
            text += String(status.rawValue)
        }

        /// What several commands share.
        mutating func appendInterpolation(_ sentence: ExitSentence) {
            statuses.formUnion(sentence.statuses)
            text += sentence.text
        }
    }
}
