import PoolModel
import PoolSchedule
import TraceAnalysis
import TraceViews

// What explore, minimize, replay and verify found, as JSON on standard output: for programs, as what they say on
// standard error is for people. Keys are never removed or given another meaning within a version; new ones may appear.
// What there is not is null.

extension JSONWriter {
    fileprivate static func document(_ schema: String, _ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(to: StandardOutput.write)
        writer.object { writer in
            writer.value("schema", schema)
            writer.value("version", 1)
            members(&writer)
        }
        writer.finish()
    }

    /// How a run went wrong: what kind of symptom it is, and a sentence on it.
    fileprivate mutating func symptom(_ symptom: Symptom?) {
        value("symptom", symptom?.key)
        value("description", symptom?.description)
    }
}

extension ExploreCommand {
    /// Writes what was found: executions, duration_ns, and failures (symptom, description, hits, by_strategy, strategy,
    /// seed, execution, repeats, schedule, trace).
    func write(_ found: Search.Found) {
        JSONWriter.document("pooltrace.explore") { writer in
            writer.value("executions", found.executions)
            writer.value("duration_ns", Int(found.seconds * 1e9))
            writer.array("failures") { writer in
                for failure in found.failures {
                    writer.object { writer in
                        writer.symptom(failure.symptom)
                        writer.value("hits", failure.hits)
                        writer.object("by_strategy") { writer in
                            for (strategy, hits) in failure.byStrategy.sorted(by: { $0.key < $1.key }) {
                                writer.value(strategy, hits)
                            }
                        }
                        writer.value("strategy", "\(failure.strategy)")
                        writer.value("seed", failure.strategy.takesSeed ? failure.seed : nil)
                        writer.value("execution", failure.execution)
                        writer.value("repeats", failure.isSteady)
                        writer.value("schedule", failure.result.run == nil ? nil : failure.schedule)
                        writer.value("trace", failure.result.runs.isEmpty ? nil : failure.result.prefix + ".trace")
                    }
                }
            }
        }
    }
}

extension MinimizeCommand {
    /// What a schedule was shrunk to.
    struct Shrunk {
        let before: Int
        let delays: [Schedule.Delay]
        let executions: Int
        let confirmed: Int
        let schedule: String
    }

    /// Writes how the schedule fails, and if it always does, what it was shrunk to: delays_before, delays, executions,
    /// confirmations (the runs of the result), confirmed (those of them that failed), schedule.
    func write(_ symptom: Symptom?, _ shrunk: Shrunk?) {
        JSONWriter.document("pooltrace.minimize") { writer in
            writer.symptom(symptom)
            writer.value("delays_before", shrunk?.before)
            writer.value("delays", shrunk?.delays.count)
            writer.value("executions", shrunk?.executions)
            writer.value("confirmations", shrunk.map { _ in Self.confirmations })
            writer.value("confirmed", shrunk?.confirmed)
            writer.value("schedule", shrunk?.schedule)
        }
    }
}

extension ReplayCommand {
    /// Writes how the recorded run went, whether it came about again, after how many orders, and in which schedule.
    func write(_ wanted: [Symptom], tried: Int, cameAgain: Bool, schedule: String?) {
        guard format == .json else { return }
        JSONWriter.document("pooltrace.replay") { writer in
            writer.symptom(wanted.first)
            writer.value("came_again", cameAgain)
            writer.value("orders", tried)
            writer.value("schedule", schedule)
        }
    }
}

extension VerifyCommand {
    /// How two runs compare: how many steps are alike from the first on, whether that is all of both runs, and what
    /// makes the others differ.
    struct Comparison {
        let alike: Int
        let isWhole: Bool
        let cause: Cause?
    }

    /// Writes alike (whether the runs are), steps (how many are alike), and cause: uncontrolled, hashes, addresses,
    /// random, clock or unknown.
    func write(_ comparison: Comparison?) {
        JSONWriter.document("pooltrace.verify") { writer in
            writer.value("alike", comparison?.isWhole ?? false)
            writer.value("steps", comparison?.alike)
            writer.value("cause", comparison?.cause?.key)
        }
    }
}
