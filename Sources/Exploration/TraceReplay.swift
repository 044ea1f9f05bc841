internal import PoolModel
package import PoolSchedule
package import TraceAnalysis

/// Looks for an order of a program's tasks in which it does again what it did in a recorded run.
package struct TraceReplay {
    /// The order that reproduced the run.
    package struct Found {
        package let result: Trials.Result
        /// The schedule that the program was run by.
        package let tried: Schedule
        /// Which order it was, from 1.
        package let attempt: Int

        /// What happened in the end: a simpler order than the one that led to it, without the steps that never came.
        package var schedule: Schedule {
            result.run.map { $0.schedule(origin: tried.origin, failure: tried.failure) } ?? tried
        }
    }

    private let recorded: Run
    private let trials: Trials
    private let tries: Int
    /// The symptom to reproduce; nothing if the recorded run passed.
    package let wanted: [Symptom]

    /// Makes a search for what a recorded run did, in at most so many orders.
    package init(_ recorded: Run, trials: Trials, tries: Int) {
        self.recorded = recorded
        self.trials = trials
        self.tries = tries
        wanted = Symptom.all(recorded)
    }

    /// How many orders there are at most.
    package var mostOrders: Int { recorded.steps.isEmpty ? tries : 1 }

    /// Tries one order after the other; the result has what was tried, and the one that did it.
    ///
    /// - Parameters:
    ///   - warn: Takes a sentence, escaped for terminals, if the program is run with other arguments than the recorded
    ///     run.
    ///   - tell: Called before each attempt, with its number.
    package func run(
        warn: (String) -> Void, _ tell: (Int) -> Void
    ) async throws -> (found: Found?, attempts: Int) {
        var attempts = 0
        for order in orders {
            attempts += 1
            tell(attempts)
            let (schedule, result) = try await attempt(order, as: "try-\(attempts)")
            guard result.ending != .interrupted else { break }
            if attempts == 1, let own = result.run, let sentence = own.otherCommand(than: recorded) { warn(sentence) }
            let isSame =
                wanted.isEmpty
                ? result.hasPassed
                : result.symptoms.contains { symptom in wanted.contains { $0.matches(symptom) } }
            if isSame { return (Found(result: result, tried: schedule, attempt: attempts), attempts) }
            Trials.remove(result)
        }
        return (nil, attempts)
    }

    /// What is tried.
    private enum Order {
        /// Tasks one after the other, each whole or from one of its waits to the next.
        case recorded(Schedule)
        /// Tasks that stop at every point, as a search does.
        case interleaved(StrategyName, seed: UInt64)
    }

    /// Runs the program in an order; what was tried, and the result.
    private func attempt(_ order: Order, as name: String) async throws -> (Schedule, Trials.Result) {
        switch order {
        case .recorded(let schedule): return (schedule, try await trials.follow(schedule, as: name))
        case .interleaved(let strategy, let seed):
            let result = try await trials.run(strategy, seed: seed, as: name)
            let tried = (result.run ?? recorded).schedule(
                origin: "\(strategy), seed \(seed)", failure: wanted.first?.description ?? "")
            return (tried, result)
        }
    }

    /// Orders in which the tasks of the run may have done what they did, the likeliest first.
    ///
    /// A trace does not say in which order tasks went on that waited for locks and conditions. So for a failure every
    /// second order, after the first ten, lets tasks stop at every point, at random.
    private var orders: some Sequence<Order> {
        let (run, failure) = (recorded, wanted.first?.description ?? "")
        if !run.steps.isEmpty {
            let seed = run.process.map { $0.strategy + ($0.seed == 0 ? "" : ", seed \($0.seed)") } ?? ""
            return AnySequence([.recorded(run.schedule(origin: seed, failure: failure))])
        }
        return AnySequence(
            (0..<tries).lazy.map { attempt in
                let order: Linearization =
                    attempt == 0 ? .starts : attempt == 1 ? .ends : .random(seed: UInt64(attempt))
                if attempt >= 10, attempt % 2 == 0, !failure.isEmpty {
                    return .interleaved(attempt % 4 == 0 ? .random : .pct(depth: 2, steps: 50), seed: UInt64(attempt))
                }
                return .recorded(run.schedule(order, failure: failure))
            })
    }
}

// MARK: - The recorded run

extension TraceReplay {
    /// The run of a program in a trace.
    ///
    /// - Parameters:
    ///   - name: What the program is called.
    ///   - warn: Takes sentences on what is not in the trace, escaped for terminals.
    /// - Throws: `ExplorationError` if it holds none.
    package static func run(of name: String, in trace: String, warn: (String) -> Void) throws -> Run {
        let reading = try RunReader.read(trace)
        for damage in reading.damage { warn(TerminalText.escape(damage)) }
        let runs = reading.runs.filter { !$0.isEmpty }
        guard let run = runs.first(where: { $0.programName == name }) ?? runs.first else {
            throw ExplorationError("\(TerminalText.escape(trace)): no run of a program with pools")
        }
        if run.programName != name {
            throw ExplorationError(
                "\(TerminalText.escape(trace)): the trace is of \(TerminalText.escape(run.programName)), but the command runs "
                    + TerminalText.escape(name))
        }
        if run.loss.overwritten > 0 {
            warn(
                "the beginning of the run is not in the trace (\(run.loss.overwritten) events were overwritten); record it with "
                    + "pooltrace run, which keeps more")
        }
        return run
    }
}
