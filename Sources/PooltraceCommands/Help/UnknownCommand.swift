internal import ArgumentParser

/// A word where the name of a command or a topic belongs, which is neither.
struct UnknownCommand {
    /// What to say, and what may have been meant.
    let message: String

    /// - Parameter arguments: The command line without the command's own name.
    init?(_ arguments: [String]) {
        let commands = PooltraceCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        let topics = HelpTopic.allCases.map(\.rawValue)
        let word: String
        let known: [String]
        let kind: String
        switch (arguments.first, arguments.dropFirst().first) {
        case ("help", let topic?):
            (word, known, kind) = (topic, commands + topics, "command or topic")
        case ("help", nil), (nil, _): return nil
        case (let command?, _): (word, known, kind) = (command, commands, "command")
        }
        guard !word.hasPrefix("-"), !known.contains(word) else { return nil }
        let nearest = known.map { (name: $0, distance: Self.distance(word, $0)) }.min { $0.distance < $1.distance }
        let meant =
            nearest.flatMap { $0.distance <= max(1, word.count / 3) ? "; did you mean '\($0.name)'?" : nil } ?? ""
        message = "unknown \(kind) '\(word)'\(meant)\(meant.isEmpty ? "." : "") See `pooltrace --help`."
    }

    /// How many characters must be put in, left out or replaced.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(100))
        var row = Array(0...right.count)
        for (place, character) in left.prefix(100).enumerated() {
            var before = row[0]
            row[0] = place + 1
            for column in right.indices {
                let replaced = before + (right[column] == character ? 0 : 1)
                before = row[column + 1]
                row[column + 1] = min(replaced, before + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
