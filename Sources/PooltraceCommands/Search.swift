import CommandSystem
import Glibc
import PoolModel
import PoolSchedule
import TraceAnalysis
import TraceViews

/// A search over the orders of a program's tasks: many runs, several at a time, under one strategy after the other.
struct Search {
    /// One way in which the program failed.
    struct Failure {
        let symptom: Symptom
        let strategy: StrategyName
        let seed: UInt64
        /// Which execution it was, from 1.
        let execution: Int
        /// Where its order was left.
        let schedule: String
        let result: Trials.Result
        /// Whether it came again with the same seed.
        let isSteady: Bool
        var hits = 1
        /// How often by strategy.
        var byStrategy: [String: Int]
    }

    /// What came of it.
    struct Found {
        var executions = 0
        var seconds = 0.0
        var failures: [Failure] = []
        /// Whether the program recorded anything.
        var recorded = true
    }

    let trials: Trials
    let seed: UInt64
    let most: Int
    let end: ContinuousClock.Instant?
    let jobs: Int
    let stopsAtFirst: Bool

    private struct Executed {
        let execution: Int
        let strategy: StrategyName
        let seed: UInt64
        /// If it failed.
        let result: Trials.Result?
    }

    /// Runs it.
    func run(_ progress: Progress) async throws -> Found {
        let start = ContinuousClock.now
        var found = Found()
        // The first one tells how many steps there are.
        let first = try await trials.run(.fifo, seed: 0, as: "first")
        let portfolio = Portfolio(seed: seed, steps: max(10, first.run?.steps.count ?? 10))
        found.recorded = !first.runs.isEmpty
        Trials.remove(first)
        try await withThrowingTaskGroup(of: Executed.self) { group in
            var next = 0
            func mayGoOn() -> Bool {
                next < most && ForegroundProgram.interruption == nil
                    && (end.map { ContinuousClock.now < $0 } ?? true) && !(stopsAtFirst && !found.failures.isEmpty)
            }
            func add() {
                guard mayGoOn() else { return }
                let execution = next
                next += 1
                let (strategy, seed) = portfolio.execution(execution)
                group.addTask { try await execute(execution, strategy, seed) }
            }
            for _ in 0..<jobs { add() }
            while let executed = try await group.next() {
                guard ForegroundProgram.interruption == nil else { continue }
                found.executions += 1
                if let result = executed.result { try await look(at: executed, result, &found) }
                progress.show(
                    "\(Counted.text(found.executions, "execution")), \(Counted.text(found.failures.count, "failure")), "
                        + "\(Int(start.duration(to: .now) / .seconds(1))) s")
                add()
            }
        }
        progress.end()
        found.seconds = start.duration(to: .now) / .seconds(1)
        return found
    }

    /// One run; its trace is read only if it failed.
    private func execute(_ execution: Int, _ strategy: StrategyName, _ seed: UInt64) async throws -> Executed {
        let name = "failure-\(execution + 1)"
        let left = "\(trials.folder)/\(name).left"
        var variables = Trials.variables(strategy, seed: seed)
        // A folder there tells that a failure was reported.
        variables["POOLTRACE_ON_FAILURE"] = left
        let ending = try await trials.execute(variables, as: name)
        let hasReported = access(left, F_OK) == 0
        if hasReported { SystemDirectory.remove(left) }
        if ending == .interrupted || ending == .exited(0) && !hasReported {
            trials.remove(name)
            return Executed(execution: execution + 1, strategy: strategy, seed: seed, result: nil)
        }
        return Executed(
            execution: execution + 1, strategy: strategy, seed: seed, result: trials.read(name, after: ending))
    }

    private func look(at executed: Executed, _ result: Trials.Result, _ found: inout Found) async throws {
        guard let symptom = result.symptoms.first else { return Trials.remove(result) }
        let strategy = Self.family(executed.strategy)
        if let known = found.failures.firstIndex(where: { $0.symptom == symptom }) {
            found.failures[known].hits += 1
            found.failures[known].byStrategy[strategy, default: 0] += 1
            return Trials.remove(result)
        }
        let again = try await trials.run(executed.strategy, seed: executed.seed, as: "again")
        defer { Trials.remove(again) }
        guard again.ending != .interrupted else { return }
        let file = "\(result.prefix).schedule"
        let origin = "\(executed.strategy)" + (executed.strategy.takesSeed ? ", seed \(executed.seed)" : "")
        if let run = result.run {
            try ScheduleFile.write(run.schedule(origin: origin, failure: symptom.description), to: file)
        }
        found.failures.append(
            Failure(
                symptom: symptom, strategy: executed.strategy, seed: executed.seed, execution: executed.execution,
                schedule: file, result: result, isSteady: again.symptoms.contains(symptom), byStrategy: [strategy: 1]))
    }

    /// The strategy without its numbers.
    private static func family(_ strategy: StrategyName) -> String {
        strategy.description.split(separator: ":").first.map(String.init) ?? ""
    }
}
