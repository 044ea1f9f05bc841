internal import ArgumentParser
internal import TraceViews

/// What a command that reads traces does about damage: the same for all of them.
struct DamageOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Stop at the first corrupt section, name it on standard error, and exit with \(CommandExit.damaged.rawValue)."
        ))
    var strict = false

    /// Reports corrupt sections, a line each on standard error, and their count.
    ///
    /// - Throws: The status for damage, at the first line, if the user wants that.
    func tell(_ lines: [String], count: Int) throws {
        if strict, let first = lines.first {
            StandardError.write(first)
            return try CommandExit.damaged.end()
        }
        for line in lines { StandardError.write(line) }
        if count > 0 {
            StandardError.write("skipped \(Counted.text(count, "corrupt section")); the rest was read")
        }
    }
}
