internal import CommandSystem
internal import Glibc
internal import PoolModel
package import PoolSchedule
internal import TraceAnalysis

/// A search over the orders of a program's tasks: many runs, several at a time, under one strategy after the other.
package struct Search: Sendable {
    /// One way in which the program failed.
    package struct Failure: Sendable {
        package let symptom: Symptom
        package let strategy: StrategyName
        package let seed: UInt64
        /// Which execution it was, from 1.
        package let execution: Int
        /// Where its order was left.
        package let schedule: String
        package let result: Trials.Result
        /// Whether it came again with the same seed.
        package let isSteady: Bool
        package var hits = 1
        /// How often by strategy.
        package var byStrategy: [String: Int]
    }

    /// The result.
    package struct Found: Sendable {
        package var executions = 0
        package var seconds = 0.0
        package var failures: [Failure] = []
        /// Whether the program recorded anything.
        package var recorded = true
        /// How many orders there were among the executions; `nil` where runs have too many steps to compare.
        package var orders: Int? { known.map(\.count) }
        /// The most steps that an execution took, also those without another task to choose.
        package var steps = 0
        /// In how many executions a thread that is no worker, or a lock that is not PoolTrace's, took part.
        package var uncontrolled = 0
        /// How many more passed, and were given up as orders, since a task spun, and others went on beside it.
        package var givenUp = 0
        /// The task of the first of them, in a sentence.
        package var spin: String?

        /// The orders, hashed.
        fileprivate var known: Set<Int>? = []
    }

    private let trials: Trials
    private let seed: UInt64
    private let maximumExecutions: Int
    private let end: ContinuousClock.Instant?
    private let jobs: Int
    private let stopsAtFirst: Bool

    /// Makes a search.
    ///
    /// - Parameters:
    ///   - maximumExecutions: The maximum number of executions, besides the first, which counts the steps.
    ///   - end: When no execution begins any more; nil: never.
    ///   - jobs: How many run at a time.
    package init(
        trials: Trials, seed: UInt64, maximumExecutions: Int, end: ContinuousClock.Instant?, jobs: Int,
        stopsAtFirst: Bool
    ) {
        self.trials = trials.spinning
        self.seed = seed
        self.maximumExecutions = maximumExecutions
        self.end = end
        self.jobs = jobs
        self.stopsAtFirst = stopsAtFirst
    }

    /// Runs with more steps are not compared: to read them would take longer than to run them.
    private static let maximumSteps = 20_000

    /// In which order an execution ran its tasks.
    fileprivate struct Order {
        let steps: Int
        let hash: Int
        let isUncontrolled: Bool
        /// The task that spun while others went on, in a sentence.
        let spin: String?

        init(_ run: Run) {
            steps = run.steps.count
            isUncontrolled = run.marks.contains(where: \.kind.isUncontrolled)
            spin = isUncontrolled ? run.spinsBesideOthers.first : nil
            var hasher = Hasher()
            for step in run.scheduleSteps { hasher.combine(step.part) }
            hash = hasher.finalize()
        }
    }

    private struct Executed {
        let execution: Int
        let order: Order?
        let strategy: StrategyName
        let seed: UInt64
        /// If it failed.
        let result: Trials.Result?
    }

    /// Runs it.
    ///
    /// - Parameter progress: Called after each execution with what was found so far.
    package func run(_ progress: (Found) -> Void) async throws -> Found {
        let start = ContinuousClock.now
        var found = Found()
        // The first one tells how many steps there are.
        let first = try await trials.run(.fifo, seed: 0, as: "first")
        let portfolio = Portfolio(seed: seed, steps: max(10, first.run?.steps.count ?? 10))
        found.recorded = !first.runs.isEmpty
        let isCompared = (first.run?.steps.count ?? 0) <= Self.maximumSteps
        if !isCompared { found.known = nil }
        Trials.remove(first)
        try await withThrowingTaskGroup(of: Executed.self) { group in
            var next = 0
            func mayGoOn() -> Bool {
                // Without a pool there is one order.
                next < (found.recorded ? maximumExecutions : 1) && ForegroundProgram.interruption == nil
                    && (end.map { ContinuousClock.now < $0 } ?? true) && !(stopsAtFirst && !found.failures.isEmpty)
            }
            func add() {
                guard mayGoOn() else { return }
                let execution = next
                next += 1
                let (strategy, seed) = portfolio.execution(execution)
                group.addTask { try await execute(execution, strategy, seed, isCompared: isCompared) }
            }
            for _ in 0..<jobs { add() }
            while let executed = try await group.next() {
                guard ForegroundProgram.interruption == nil else { continue }
                found.executions += 1
                if let order = executed.order {
                    found.take(order, hasPassed: executed.result?.symptoms.isEmpty ?? true)
                }
                if let result = executed.result { try await look(at: executed, result, &found) }
                found.seconds = start.duration(to: .now) / .seconds(1)
                progress(found)
                add()
            }
        }
        found.seconds = start.duration(to: .now) / .seconds(1)
        return found
    }

    /// One run; what it was recorded to have done is kept only if it failed.
    private func execute(
        _ execution: Int, _ strategy: StrategyName, _ seed: UInt64, isCompared: Bool
    ) async throws -> Executed {
        let name = "failure-\(execution + 1)"
        let left = "\(trials.folder)/\(name).left"
        var variables = Trials.variables(strategy, seed: seed)
        // A directory there tells that a failure was reported.
        variables["POOLTRACE_ON_FAILURE"] = left
        let ending = try await trials.execute(variables, as: name)
        let hasReported = access(left, F_OK) == 0
        if hasReported { SystemDirectory.remove(left) }
        if ending == .interrupted || ending == .exited(0) && !hasReported {
            let order = isCompared ? trials.read(name, after: ending).run.map(Order.init) : nil
            trials.remove(name)
            return Executed(execution: execution + 1, order: order, strategy: strategy, seed: seed, result: nil)
        }
        let result = trials.read(name, after: ending)
        return Executed(
            execution: execution + 1, order: isCompared ? result.run.map(Order.init) : nil, strategy: strategy,
            seed: seed, result: result)
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

extension Search.Found {
    fileprivate mutating func take(_ order: Search.Order, hasPassed: Bool) {
        steps = max(steps, order.steps)
        if let spin = order.spin, hasPassed {
            givenUp += 1
            if self.spin == nil { self.spin = spin }
            return
        }
        known?.insert(order.hash)
        if order.isUncontrolled { uncontrolled += 1 }
    }
}

extension Trials {
    /// The same in which a task that spins until another has done something does not use up a run's time.
    fileprivate var spinning: Trials {
        var trials = self
        if getenv("POOLTRACE_SPIN") == nil { trials.spinLimit = min(.seconds(1), trial.limit / 4) }
        return trials
    }
}
