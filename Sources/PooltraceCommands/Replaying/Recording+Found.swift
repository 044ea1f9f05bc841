internal import Exploration
internal import PoolModel
internal import PoolSchedule
internal import TraceViews

// MARK: - What is said when a search has ended

extension Recording.Notice {
    /// Tells what a search found.
    ///
    /// - Parameter again: What follows the schedule in a command that runs the program.
    func tell(_ found: Search.Found, again: String) {
        let rate = Double(found.executions) / max(found.seconds, 0.001)
        say(
            "\(Counted.text(found.executions, "execution")) in \(Self.text(found.seconds)) s, \(Self.text(rate)) a second: "
                + (found.failures.isEmpty ? "none failed" : Counted.text(found.failures.count, "failure")))
        if found.recorded { say(Self.coverage(found)) }
        if !found.recorded {
            warn(
                "the program created no pool, so there was only one order; PoolTrace orders the tasks of its "
                    + "pools, and all async tasks of a program that links PoolTraceRuntime")
        }
        for (number, failure) in found.failures.enumerated() {
            let how = "\(failure.strategy)" + (failure.strategy.takesSeed ? ", seed \(failure.seed)" : "")
            let byStrategy = failure.byStrategy.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            put(
                "\n\(style.bold("failure \(number + 1)")): "
                    + "\(TerminalText.escape(failure.symptom.description))\n"
                    + "in \(failure.hits) of \(Counted.text(found.executions, "execution")) "
                    + "(\(byStrategy.joined(separator: ", "))), first by \(how), in execution \(failure.execution)\n")
            if !failure.isSteady {
                warn(
                    "it did not fail again with the same seed, so it depends on more than the order; `pooltrace verify` finds "
                        + "what differs")
            }
            put(failure.result.report(style))
            if failure.result.run != nil {
                next(
                    schedule: failure.schedule,
                    trace: failure.result.hasReports ? nil : failure.result.prefix + ".trace",
                    again: again, isFailure: true)
            }
        }
    }

    /// What was tried, and what cannot be: "none failed" alone would say more than is known.
    private static func coverage(_ found: Search.Found) -> String {
        let orders = found.orders.map { "\(Counted.text($0, "order")) of the tasks, with at most " } ?? "at most "
        let uncontrolled =
            found.uncontrolled > 0
            ? "; \(Sentences.notControlled(Counted.text(found.uncontrolled, "execution")))" : ""
        let givenUp =
            found.givenUp > 0
            ? "; \(TerminalText.escape(Sentences.givenUp(found.givenUp, of: found.executions, first: found.spin ?? "")))"
            : ""
        return "\(orders)\(Counted.text(found.steps, "step")) each, \(Sentences.notTried)\(uncontrolled)\(givenUp)"
    }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
