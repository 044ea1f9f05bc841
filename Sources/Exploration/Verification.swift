internal import CommandSystem
internal import PoolModel
package import PoolSchedule
package import TraceAnalysis

/// Whether a program's serial runs are all alike, and what makes them differ.
package struct Verification {
    /// What two runs showed.
    package enum Outcome {
        /// The user wants no more.
        case interrupted(Int32)
        /// The program made no pool, so there is nothing to compare.
        case noPool
        /// They took the same number of steps and ended in the same way. In `uncontrolled` of the two, threads or locks
        /// took part whose order is not controlled. `symptom` is what went wrong in both.
        case alike(steps: Int, uncontrolled: Int, symptom: Symptom?)
        /// They took the same steps, so many, and ended in different ways.
        case endings(Trial.Ending, Trial.Ending, steps: Int)
        case differ(Difference)
    }

    /// Two runs that are not alike.
    package struct Difference {
        /// How many steps are alike, from the first on.
        package let steps: Int
        /// The first step that differs, in a sentence that is escaped for terminals.
        package let sentence: String
        package let first: Trials.Result
        package let second: Trials.Result
        /// The run of the first.
        fileprivate let run: Run
    }

    /// What makes runs differ.
    package enum Cause {
        /// A thread whose order nobody controls, as the run noted.
        case uncontrolled(Run.Mark)
        /// With this fixed they are alike.
        case source(Pinning.Source)
        case unknown
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
        guard let left = Whole(first), let right = Whole(second) else { return .noPool }
        if let (steps, sentence) = Self.difference(left, right) {
            return .differ(Difference(steps: steps, sentence: sentence, first: first, second: second, run: left.run))
        }
        guard first.ending == second.ending else {
            return .endings(first.ending, second.ending, steps: left.run.steps.count)
        }
        let uncontrolled = [left, right].count { $0.run.marks.contains(where: \.kind.isUncontrolled) }
        return .alike(steps: left.run.steps.count, uncontrolled: uncontrolled, symptom: first.symptoms.first)
    }

    /// What two runs are compared by.
    private struct Whole {
        let run: Run
        let output: [UInt8]

        init?(_ result: Trials.Result) {
            guard let run = result.run else { return nil }
            self.run = run
            output = (try? SystemFile.read(result.prefix + Trial.output, limit: 64 << 20)) ?? []
        }
    }

    private static func difference(_ left: Whole, _ right: Whole) -> (steps: Int, sentence: String)? {
        if let found = difference(left.run, right.run) { return found }
        let steps = left.run.steps.count
        return (taskDifference(left.run, right.run) ?? outputDifference(left.output, right.output)).map { (steps, $0) }
    }

    /// The first task that is another, or came to another end, where the steps are the same.
    private static func taskDifference(_ left: Run, _ right: Run) -> String? {
        func failures(_ run: Run) -> [UInt64: Failure] {
            Dictionary(run.failures.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let (leftFailures, rightFailures) = (failures(left), failures(right))
        func text(_ run: Run, _ task: TaskEntry, _ failure: Failure?) -> String {
            let words = [
                run.name(of: task).map { "\"\($0)\"" }, failure?.input.map { "of \($0)" }, "\(run.state(of: task))",
                failure.map { "with \($0.type): \($0.message)" },
            ]
            return words.compactMap { $0 }.joined(separator: " ")
        }
        for task in left.tasks.entries where task.isShown {
            let (first, path) = (text(left, task, leftFailures[task.number]), left.path(of: task))
            let other = right.tasks.position(of: task.number).map { right.tasks.entries[$0] }
            let second = other.map { text(right, $0, rightFailures[$0.number]) } ?? Sentences.isMissing
            if first != second {
                return TerminalText.escape(
                    Sentences.difference(task: path, submitted: left.site(of: task), first: first, second: second))
            }
        }
        return nil
    }

    /// The first line that the program printed in another way.
    private static func outputDifference(_ left: [UInt8], _ right: [UInt8]) -> String? {
        guard left != right else { return nil }
        let lines = (
            left.split(separator: 10, omittingEmptySubsequences: false),
            right.split(separator: 10, omittingEmptySubsequences: false)
        )
        let same = zip(lines.0, lines.1).prefix { $0 == $1 }.count
        func text(_ lines: [ArraySlice<UInt8>]) -> String {
            same < lines.count ? String(decoding: lines[same].prefix(200), as: UTF8.self) : Sentences.isAtItsEnd
        }
        return TerminalText.escape(
            Sentences.difference(line: same + 1, first: text(lines.0), second: text(lines.1)))
    }

    /// The first step that differs: how many before it are alike, and it in a sentence.
    private static func difference(_ left: Run, _ right: Run) -> (steps: Int, sentence: String)? {
        func text(_ run: Run, _ place: Int) -> String {
            guard place < run.steps.count else { return Sentences.isAtItsEnd }
            let number = run.steps[place].task
            let entry = run.tasks.position(of: number).map { run.tasks.entries[$0] }
            return TerminalText.escape(
                Sentences.runs(run.path(ofTask: number), submitted: entry.flatMap { run.site(of: $0) }))
        }
        let same = zip(left.steps, right.steps).prefix { $0 == $1 }.count
        guard same < max(left.steps.count, right.steps.count) else { return nil }
        return (same, Sentences.difference(step: same + 1, first: text(left, same), second: text(right, same)))
    }

    /// What makes them differ, as far as runs with one thing fixed tell it.
    package func cause(of difference: Difference) async throws -> Cause {
        if let mark = difference.run.marks.first(where: \.kind.isUncontrolled) { return .uncontrolled(mark) }
        // What is pinned already is not it.
        var sources = trials.trial.pinning.sources
        for source in Pinning.Source.allCases where !sources.contains(source) {
            sources.append(source)
            var trial = trials.trial
            trial.pinning = Pinning(sources: sources)
            if try await areAlike(Trials(trial: trial, folder: trials.folder)) { return .source(source) }
        }
        return .unknown
    }

    private func areAlike(_ trials: Trials) async throws -> Bool {
        var before: Whole?
        for _ in 0..<4 {
            let result = try await trials.run(strategy, seed: seed, as: "fixed")
            defer { Trials.remove(result) }
            guard let whole = Whole(result) else { return false }
            if let before, Self.difference(before, whole) != nil { return false }
            before = whole
        }
        return true
    }
}

extension Verification.Cause {
    /// As a key of documents.
    package var key: String {
        switch self {
        case .uncontrolled: "uncontrolled"
        case .source(let source): source.rawValue
        case .unknown: "unknown"
        }
    }

    /// In words.
    package var sentence: String {
        switch self {
        case .uncontrolled(let mark): Sentences.cause(mark.text)
        case .source(let source):
            Sentences.cause(
                Self.text(source),
                fixedBy: "--pin")
        case .unknown: Sentences.unknownCause
        }
    }

    private static func text(_ source: Pinning.Source) -> String {
        switch source {
        case .hashes: "the order of a Set or a Dictionary, which Swift seeds differently in each process"
        case .addresses: "an order by addresses, such as that of ObjectIdentifier"
        case .random: "random numbers"
        case .clock: "the wall clock"
        case .time: "elapsed time"
        }
    }
}
