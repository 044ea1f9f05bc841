internal import PoolModel
package import PoolSchedule
package import TraceAnalysis

/// Shrinks a schedule that fails to the few delays that matter, by running the program under smaller and smaller ones.
package struct Minimization {
    /// The result.
    package enum Outcome {
        /// The user wants no more.
        case interrupted(Int32)
        /// The program made no pool, so a schedule means nothing to it.
        case noPool
        /// The program passes under the schedule.
        case passes(String)
        /// It failed, and did not fail again in the same order.
        case unsteady
        case shrunk(Shrunk)
    }

    /// The least schedule that fails.
    package struct Shrunk {
        /// What the program did under the schedule that was given.
        package let run: Run
        /// Those that are left.
        package let delays: [Schedule.Delay]
        /// The same as a schedule.
        package let schedule: Schedule
        /// How many delays there were.
        package let before: Int
        /// How often the program was run, besides the first time.
        package let executions: Int
        /// How often of `confirmations` the result failed.
        package let confirmed: Int
    }

    /// What is told meanwhile.
    package enum News {
        /// The schedule fails, in this way.
        case fails(Symptom)
        /// An execution begins, from 1, with so many delays.
        case execution(Int, delays: Int)
    }

    /// How often the result has to fail.
    package static let confirmations = 20

    private let given: Schedule
    private let trials: Trials

    /// Makes a minimization of a schedule.
    package init(_ given: Schedule, trials: Trials) {
        self.given = given
        self.trials = trials
    }

    /// Shrinks it.
    package func run(_ tell: (News) -> Void) async throws -> Outcome {
        let whole = try await trials.follow(given, as: "given")
        if let signal = ForegroundProgram.interruption { return .interrupted(signal) }
        guard let wanted = whole.symptoms.first, let run = whole.run else {
            return whole.runs.isEmpty ? .noPool : .passes(ScheduleReplay.account(of: given, whole.runs))
        }
        tell(.fails(wanted))
        let all = run.scheduleDelays
        var executions = 0
        func schedule(_ delays: [Schedule.Delay]) -> Schedule {
            run.schedule(.delays(delays), origin: given.origin, failure: wanted.description)
        }
        func fails(_ delays: [Schedule.Delay]) async throws -> Bool {
            if ForegroundProgram.interruption != nil { return false }
            executions += 1
            tell(.execution(executions, delays: delays.count))
            let result = try await trials.follow(schedule(delays), as: "smaller")
            defer { Trials.remove(result) }
            return result.symptoms.contains(wanted)
        }
        guard try await fails(all) else { return ForegroundProgram.interruption.map { .interrupted($0) } ?? .unsteady }
        var least = try await Minimizer.minimize(all) { try await fails($0) }
        search: while true {
            for shorter in Schedule.shortcuts(of: least) where try await fails(shorter) {
                least = shorter
                continue search
            }
            break
        }
        var confirmed = 0
        for _ in 0..<Self.confirmations where try await fails(least) { confirmed += 1 }
        if let signal = ForegroundProgram.interruption { return .interrupted(signal) }
        return .shrunk(
            Shrunk(
                run: run, delays: least, schedule: schedule(least), before: all.count, executions: executions,
                confirmed: confirmed))
    }
}

// MARK: - In words

extension Minimization.Shrunk {
    /// Which task has to run after which, in a sentence that is escaped for terminals.
    package var sentence: String {
        Sentences.fails(delays.map { (text($0.delayed), text($0.until)) })
    }

    private func text(_ part: TaskPart) -> String {
        let entry = entry(part.task)
        let site = site(entry).map { " (submitted at \($0) in \($0.function))" } ?? ""
        let point = entry?.wasSuspended == true ? "suspension" : "decision point"
        var segment = ""
        if run.isThread(part.task) {
            segment = " (after its wait \(part.segment + 1)\(lastAction(before: part)))"
        } else if part.segment > 0 {
            segment = " (from its \(point) \(part.segment) on\(lastAction(before: part)))"
        }
        return TerminalText.escape("\(title(part.task))\(segment)\(site)")
    }

    /// The nearest line of the source that is known of a part: `, after it submitted main.2 at Main.swift:28`.
    private func lastAction(before part: TaskPart) -> String {
        func text(_ verb: String, _ task: UInt64, _ word: String) -> String {
            ", after it \(verb) \(title(task))" + (site(entry(task)).map { "\(word) \($0)" } ?? "")
        }
        return switch run.lastAction(before: part) {
        case .submitted(let task): text("submitted", task, " at")
        case .waitedFor(let task): text("waited for", task, ", submitted at")
        case nil: ""
        }
    }

    /// A task's path and name.
    private func title(_ task: UInt64) -> String {
        let name = entry(task).flatMap { run.name(of: $0) }.map { " \"\($0)\"" } ?? ""
        return run.path(ofTask: task) + name
    }

    private func entry(_ task: UInt64) -> TaskEntry? { run.tasks.position(of: task).map { run.tasks.entries[$0] } }

    private func site(_ entry: TaskEntry?) -> Site? {
        entry.flatMap { run.site(of: $0) }.flatMap { $0 == .unknown ? nil : $0 }
    }
}
