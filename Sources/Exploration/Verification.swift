internal import PoolModel
package import PoolSchedule
internal import TraceAnalysis

/// Whether a program's serial runs are all alike, and what makes them differ.
package struct Verification {
    /// What two runs showed.
    package enum Outcome {
        /// The user wants no more.
        case interrupted(Int32)
        /// The program made no pool, so there is nothing to compare.
        case noPool
        /// They took the same steps, so many, and ended in the same way.
        case alike(steps: Int)
        /// They took the same steps, so many, and ended in different ways.
        case endings(Trial.Ending, Trial.Ending, steps: Int)
        case differ(Difference)
    }

    /// Two runs that are not alike.
    package struct Difference {
        /// The first step that differs, in a sentence that is escaped for terminals.
        package let sentence: String
        package let first: Trials.Result
        package let second: Trials.Result
        /// The run of the first.
        fileprivate let run: Run
    }

    private let trials: Trials
    private let strategy: StrategyName
    private let seed: UInt64

    /// Makes a verification of a program's runs under a strategy.
    package init(trials: Trials, strategy: StrategyName, seed: UInt64) {
        self.trials = trials
        self.strategy = strategy
        self.seed = seed
    }

    /// Runs the program twice.
    package func run() async throws -> Outcome {
        let first = try await trials.run(strategy, seed: seed, as: "first")
        let second = try await trials.run(strategy, seed: seed, as: "second")
        if let signal = ForegroundProgram.interruption { return .interrupted(signal) }
        guard let left = first.run, let right = second.run else { return .noPool }
        if let sentence = Self.difference(left, right) {
            return .differ(Difference(sentence: sentence, first: first, second: second, run: left))
        }
        guard first.ending == second.ending else {
            return .endings(first.ending, second.ending, steps: left.steps.count)
        }
        return .alike(steps: left.steps.count)
    }

    /// The first step that differs, in a sentence.
    static func difference(_ left: Run, _ right: Run) -> String? {
        func text(_ run: Run, _ place: Int) -> String {
            guard place < run.steps.count else { return "is at its end" }
            let number = run.steps[place].task
            let entry = run.tasks.position(of: number).map { run.tasks.entries[$0] }
            let site = entry.flatMap { run.site(of: $0) }.map { ", submitted at \($0)" } ?? ""
            return TerminalText.escape("runs \(run.path(ofTask: number))\(site)")
        }
        let same = zip(left.steps, right.steps).prefix { $0 == $1 }.count
        guard same < max(left.steps.count, right.steps.count) else { return nil }
        return "the runs differ at step \(same + 1): the first \(text(left, same)), the second \(text(right, same))"
    }

    /// What makes them differ, as far as runs with one thing fixed tell it.
    package func cause(of difference: Difference) async throws -> String {
        if let mark = difference.run.marks.first(where: { $0.text.contains("not controlled") }) {
            return "likely cause: \(mark.text)"
        }
        // What is pinned already is not it.
        var sources = trials.trial.pinning.sources
        for source in Pinning.Source.allCases where !sources.contains(source) {
            sources.append(source)
            var trial = trials.trial
            trial.pinning = Pinning(sources: sources)
            guard try await areAlike(Trials(trial: trial, folder: trials.folder)) else { continue }
            let how =
                source == .hashes
                ? "SWIFT_DETERMINISTIC_HASHING=1, which run --serial, explore and replay set," : "--pin"
            return "likely cause: \(Self.cause(source)); with \(how) all runs are alike"
        }
        return
            "likely cause: elapsed time, what the program reads, or a thread of its own; neither the order of hashes nor that of "
            + "addresses is it, nor random numbers, nor the wall clock"
    }

    private static func cause(_ source: Pinning.Source) -> String {
        switch source {
        case .hashes: "the order of a Set or a Dictionary, which Swift seeds anew in each process"
        case .addresses: "something is ordered by addresses, ObjectIdentifier say"
        case .random: "random numbers"
        case .clock: "the wall clock"
        }
    }

    private func areAlike(_ trials: Trials) async throws -> Bool {
        var before: Run?
        for _ in 0..<4 {
            let result = try await trials.run(strategy, seed: seed, as: "fixed")
            defer { Trials.remove(result) }
            guard let run = result.run else { return false }
            if let before, Self.difference(before, run) != nil { return false }
            before = run
        }
        return true
    }
}
