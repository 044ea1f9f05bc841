internal import Exploration
internal import PoolModel

extension Recording.Notice {
    /// The commands to type next.
    ///
    /// - Parameters:
    ///   - result: The run in this order; nil where there are several.
    ///   - options: Those that the program was run with.
    func next(schedule: String, _ result: Trials.Result?, _ options: TrialOptions, isFailure: Bool) {
        put("\(style.dim("again"))     \(options.again("replay", schedule))\n")
        if isFailure { put("\(style.dim("shrink"))    \(options.again("minimize", schedule))\n") }
        if let result {
            let trace = TerminalText.escape(ShellWord.quoted(result.prefix + ".trace"))
            put("\(style.dim("view"))      pooltrace view \(trace)\n")
        }
    }

    /// Where the program's messages are, and a few of them.
    func showOutput(of result: Trials.Result) {
        guard let (file, lines) = result.output else { return }
        put("  \(style.dim("output"))     \(TerminalText.escape(file))\n")
        for line in lines { put("             \(TerminalText.escape(line))\n") }
    }
}
