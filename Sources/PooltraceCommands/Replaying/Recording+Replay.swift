internal import Exploration
internal import PoolModel
internal import PoolSchedule

// MARK: - What is said when the orders of a trace were tried

extension Recording.Notice {
    /// Tells in which order the recorded run was reproduced, and what to type next.
    ///
    /// - Parameters:
    ///   - isFailure: Whether the recorded run failed.
    ///   - schedule: The file with the order.
    ///   - again: What follows the schedule in a command that runs the program.
    func tell(_ found: TraceReplay.Found, isFailure: Bool, schedule: String, again: String) {
        let what = isFailure ? "it fails again in the same way" : "it passes again"
        say("reproduced with order \(found.attempt) (\(TerminalText.escape(found.tried.origin))): \(what)")
        if isFailure { put(found.result.report(style)) }
        next(
            schedule: schedule, trace: found.result.hasReports && isFailure ? nil : found.result.prefix + ".trace",
            again: again, isFailure: isFailure)
    }

    /// Tells that no order did it, and what to try instead.
    func tellNothingFound(attempts: Int, again: String) {
        let orders = attempts == 1 ? "the one order" : "\(attempts) orders"
        warn("the recorded run was not reproduced in \(orders), \(Sentences.notTried)")
        put("\(style.dim("explore"))   pooltrace explore \(again)\n")
        put("\(style.dim("races"))     swift run --sanitize=thread, for a race between two instructions\n")
    }
}
