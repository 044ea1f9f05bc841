import ArgumentParser
import Glibc
import PoolModel
import PoolSchedule
import TraceAnalysis
import TraceViews

/// `pooltrace verify`: whether a program's serial runs are all alike.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a program runs its tasks in the same order each time, on one thread.",
        usage: "pooltrace verify [<options>] -- <command> ...",
        discussion: """
            Replays rely on it. Runs the program twice in serial mode and compares what was decided, step by step. If the runs differ, says \
            at which task, and looks for the cause: runs it again with the order of hashes fixed, then addresses, random numbers and the \
            wall clock too, and looks for threads that nobody controls.

            EXIT STATUS: 0 if the runs are alike; 1 if they differ; 125 if pooltrace failed, 126 or 127 if the program cannot be run, 64 for \
            wrong usage.

            EXAMPLES:
              pooltrace verify -- ./checker data
              pooltrace verify --strategy random --seed 7 -- ./checker data
            """)

    @Option(help: ArgumentHelp("In which order tasks run: \(StrategyName.choices).", valueName: "name"))
    var strategy = StrategyName.fifo

    @Option(help: "Where a random strategy starts.")
    var seed: UInt64 = 1

    @OptionGroup var options: TrialOptions

    @Option(
        help:
            "How to write what came of it on standard output: json (schema pooltrace.verify, version 1), or text: only on standard error."
    )
    var format = OutputFormat.text

    @Argument(parsing: .postTerminator, help: "The program and its arguments.", completion: .file())
    var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("expected the program to run, after --") }
    }

    func run() async throws {
        ForegroundProgram.holdSignals()
        try await Recording.exit { notice in
            let folder = try TraceDirectory.make(options.directory, program: ProgramName.of(command) + "-verify")
            let status = try await notice.unlessStarted(removing: folder) { try await verify(in: folder, notice) }
            if status == .exited(0), options.directory == nil { Trials.removeFolder(folder) }
            return status
        }
    }

    /// Without `--pin` nothing, so that it tells of hashes too.
    private var pinned: Pinning { options.pin.pin ? .all : .none }

    private func verify(in folder: String, _ notice: Recording.Notice) async throws -> ForegroundProgram.Status {
        let trials = Trials(trial: options.trial(of: command, pinning: pinned), folder: folder)
        let first = try await trials.run(strategy, seed: seed, as: "first")
        let second = try await trials.run(strategy, seed: seed, as: "second")
        if let signal = ForegroundProgram.interruption { return .signalled(signal) }
        guard let left = first.run, let right = second.run else {
            notice.warn("the program made no pool, so there is nothing to compare")
            if format == .json { write(nil) }
            return .exited(1)
        }
        guard let difference = Self.difference(left, right) else {
            guard first.ending == second.ending else {
                notice.warn(
                    "both runs took the same \(Counted.text(left.steps.count, "step")), and then one \(first.ending.description) and the other "
                        + second.ending.description)
                if format == .json { write(Comparison(alike: left.steps.count, isWhole: false, cause: nil)) }
                return .exited(1)
            }
            notice.say("both runs are alike: \(Counted.text(left.steps.count, "step")) under \(strategy)")
            if format == .json { write(Comparison(alike: left.steps.count, isWhole: true, cause: nil)) }
            return .exited(0)
        }
        notice.warn(difference.sentence)
        let cause = try await cause(left, trials)
        notice.say(cause.sentence)
        if format == .json { write(Comparison(alike: difference.step, isWhole: false, cause: cause)) }
        for (label, result) in [("first", first), ("second", second)] {
            let folder = TerminalText.escape(ShellWord.quoted(result.prefix + ".trace"))
            notice.put(
                "\(notice.style.dim(label))\(label == "first" ? "     " : "    ")pooltrace events --no-times \(folder)\n"
            )
        }
        return .exited(1)
    }

    /// The first step that differs: how many before it are alike, and it in a sentence.
    static func difference(_ left: Run, _ right: Run) -> (step: Int, sentence: String)? {
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

    /// What makes runs differ.
    enum Cause {
        /// A thread whose order nobody controls, as the run noted.
        case uncontrolled(Run.Mark)
        /// With this fixed they are alike.
        case source(Pinning.Source)
        case unknown

        /// As a key of documents.
        var key: String {
            switch self {
            case .uncontrolled: "uncontrolled"
            case .source(let source): source.rawValue
            case .unknown: "unknown"
            }
        }

        /// In words.
        var sentence: String {
            switch self {
            case .uncontrolled(let mark): Sentences.cause(mark.text)
            case .source(let source):
                Sentences.cause(
                    Self.text(source),
                    fixedBy: source == .hashes
                        ? "SWIFT_DETERMINISTIC_HASHING=1, which run --serial, explore and replay set," : "--pin")
            case .unknown: Sentences.unknownCause
            }
        }

        private static func text(_ source: Pinning.Source) -> String {
            switch source {
            case .hashes: "the order of a Set or a Dictionary, which Swift seeds anew in each process"
            case .addresses: "something is ordered by addresses, ObjectIdentifier say"
            case .random: "random numbers"
            case .clock: "the wall clock"
            }
        }
    }

    /// What makes them differ, as far as runs with one thing fixed tell it.
    private func cause(_ run: Run, _ trials: Trials) async throws -> Cause {
        if let mark = run.marks.first(where: { $0.kind == .uncontrolled }) { return .uncontrolled(mark) }
        // What is pinned already is not it.
        var sources = pinned.sources
        for source in Pinning.Source.allCases where !sources.contains(source) {
            sources.append(source)
            var trial = trials.trial
            trial.pinning = Pinning(sources: sources)
            if try await areAlike(Trials(trial: trial, folder: trials.folder)) { return .source(source) }
        }
        return .unknown
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
