internal import Exploration
internal import PoolModel
internal import PoolSchedule
internal import TraceViews

// MARK: - What is said when a search has ended

extension Recording.Notice {
    /// Tells what a search found.
    ///
    /// - Parameter options: Those that the program was run with.
    func tell(_ found: Search.Found, _ options: TrialOptions) {
        let rate = Double(found.executions) / max(found.seconds, 0.001)
        say(
            "\(Counted.text(found.executions, "execution")) in \(Self.text(found.seconds)) s, \(Self.text(rate)) a second: "
                + (found.failures.isEmpty ? "none failed" : Counted.text(found.failures.count, "failure")))
        if found.recorded {
            say(Self.coverage(found, Pinning.decidedLocks(of: options.command[0], findsRaces: options.races.isOn)))
        }
        if options.races.isOn, found.recorded { say(Sentences.racesLookedFor(inSeveralOrders: found.executions > 1)) }
        if !found.recorded {
            warn("the program created no pool and no async task, so there is only one order")
        }
        for (number, failure) in found.failures.enumerated() {
            let how = "\(failure.strategy)" + (failure.strategy.takesSeed ? " and seed \(failure.seed)" : "")
            let byStrategy = failure.byStrategy.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }
            put(
                "\n\(style.bold("failure \(number + 1)")): "
                    + "\(TerminalText.escape(failure.symptom.description))\n"
                    + "It occurred in \(failure.hits) of \(Counted.text(found.executions, "execution")): "
                    + "\(byStrategy.joined(separator: ", ")). The first was execution \(failure.execution), with \(how).\n"
            )
            if !failure.isSteady {
                warn(
                    "it did not fail again with the same seed, so it depends on more than the order; `pooltrace verify` finds "
                        + "what differs")
            }
            put(failure.result.report(style))
            showOutput(of: failure.result)
            if failure.result.run != nil {
                next(schedule: failure.schedule, failure.result, options, isFailure: true)
            }
        }
    }

    /// What was tried, and what cannot be: "none failed" alone would say more than is known.
    private static func coverage(_ found: Search.Found, _ locks: Sentences.DecidedLocks) -> String {
        let orders =
            found.orders.map { "\(Counted.text($0, "order")) of the tasks, of at most " } ?? "orders of at most "
        let uncontrolled =
            found.uncontrolled > 0
            ? ". \(Sentences.notControlled(Counted.text(found.uncontrolled, "execution")))" : ""
        let givenUp =
            found.givenUp > 0
            ? ". \(TerminalText.escape(Sentences.givenUp(found.givenUp, of: found.executions, first: found.spin ?? "")))"
            : ""
        return
            "\(orders)\(Counted.text(found.steps, "step")) each. \(Sentences.notTried(locks))\(uncontrolled)\(givenUp)"
    }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
