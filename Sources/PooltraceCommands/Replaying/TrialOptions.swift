import ArgumentParser

/// What the commands that run a program many times share.
struct TrialOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("dir")],
        help: ArgumentHelp(
            "The folder for schedules, traces and what the program prints: a new or an empty one; else one below ~/.local/state/pooltrace.",
            valueName: "folder"), completion: .directory)
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "How long one run may take; one that takes longer hangs, and is killed.", valueName: "seconds"))
    var timeout = 20.0

    @OptionGroup var pin: PinOptions

    func validate() throws {
        guard 0.05...86_400 ~= timeout else {
            throw ValidationError("'--timeout' must be from 0.05 to 86400 seconds, not \(timeout)")
        }
    }

    /// The longest that a run may take.
    private var limit: Duration { .seconds(timeout) }

    /// Runs of a program.
    func trial(of command: [String], pinning: Pinning? = nil) -> Trial {
        Trial(command: command, limit: limit, pinning: pinning ?? pin.pinning)
    }
}

/// What a program is called.
enum ProgramName {
    /// The name without its folders.
    static func of(_ command: [String]) -> String {
        command.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "program"
    }
}
