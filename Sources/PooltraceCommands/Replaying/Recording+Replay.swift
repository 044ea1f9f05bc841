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
    ///   - options: Those that the program was run with.
    func tell(_ found: TraceReplay.Found, isFailure: Bool, schedule: String, _ options: TrialOptions) {
        let what = isFailure ? "it fails again in the same way" : "it passes again"
        say("reproduced with order \(found.attempt) (\(TerminalText.escape(found.tried.origin))): \(what)")
        if isFailure {
            put(found.result.report(style))
            showOutput(of: found.result)
        }
        next(schedule: schedule, found.result, options, isFailure: isFailure)
    }

    /// Tells that no order did it, and what to try instead.
    func tellNothingFound(attempts: Int, _ options: TrialOptions) {
        let orders = attempts == 1 ? "the one order" : "\(attempts) orders"
        // A trace says nothing of locks that were free.
        let notTried = Sentences.notTried(.contended)
        warn("the recorded run was not reproduced in \(orders). \(notTried)")
        put("\(style.dim("explore"))   \(options.again("explore"))\n")
        guard !options.races.isOn else { return }
        put("\(style.dim("races"))     pooltrace build, then explore --races, for a race between two instructions\n")
    }
}
