internal import PoolModel

extension Recording.Notice {
    /// The commands to type next.
    ///
    /// - Parameters:
    ///   - trace: Nil where a report has named it.
    ///   - again: What follows the schedule in a command that runs the program.
    func next(schedule: String, trace: String?, again: String, isFailure: Bool) {
        let file = TerminalText.escape(ShellWord.quoted(schedule))
        put("\(style.dim("again"))     pooltrace replay \(file) \(again)\n")
        if isFailure { put("\(style.dim("shrink"))    pooltrace minimize \(file) \(again)\n") }
        if let trace {
            put("\(style.dim("view"))      pooltrace view \(TerminalText.escape(ShellWord.quoted(trace)))\n")
        }
    }
}
