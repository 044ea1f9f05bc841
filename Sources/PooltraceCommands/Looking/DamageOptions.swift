internal import ArgumentParser
internal import TraceViews

/// What a command that reads traces does about damage: the same for all of them.
struct DamageOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Stop at the first damage: it is the last line on standard error, and the status is \(CommandExit.damaged.rawValue)."
        ))
    var strict = false

    /// Tells of what is damaged, a line each on standard error, and how many there are.
    ///
    /// - Throws: The status for damage, at the first line, if the user wants that.
    func tell(_ lines: [String], count: Int) throws {
        if strict, let first = lines.first {
            StandardError.write(first)
            return try CommandExit.damaged.end()
        }
        for line in lines { StandardError.write(line) }
        if count > 0 {
            StandardError.write("\(Counted.text(count, "damage")); what is whole was read")
        }
    }
}
