internal import Exploration
internal import PoolModel
internal import PoolSchedule
internal import TraceViews

/// What explore, minimize, replay or verify found, for programs; what people read is on standard error.
///
/// Keys are never removed or given another meaning within a version; new ones may appear. What there is not is null.
struct ResultDocument: Document {
    private let schema: String
    private let members: (inout JSONWriter) -> Void

    func writeText(on screen: Screen, to sink: @escaping ByteSink) {}

    func writeJSON(to sink: @escaping ByteSink) {
        var writer = JSONWriter(to: sink)
        writer.object { writer in
            writer.value("schema", "pooltrace.\(schema)")
            writer.value("version", 1)
            members(&writer)
        }
        writer.finish()
    }
}

extension JSONWriter {
    /// How a run went wrong: what kind of symptom it is, and a sentence on it; of the failure of a task the type of the
    /// error, where it was thrown, and where the task was submitted.
    fileprivate mutating func symptom(_ symptom: Symptom?) {
        value("symptom", symptom?.key)
        value("description", symptom?.description)
        var signature: Failure.Signature?
        if case .failure(let failed, _) = symptom { signature = failed }
        value("error_type", signature?.type)
        let thrown = signature?.thrown
        site("throw_site", thrown.map { ($0.function, $0.file, $0.line) })
        site("submit_site", (signature?.site).map { ($0.function, $0.file, $0.line) })
    }

    /// A place in the source; null where it is unknown.
    fileprivate mutating func site(_ key: String, _ site: (function: String, file: String, line: UInt32)?) {
        guard let site, (site.function, site.file) != (Site.unknown.function, Site.unknown.file) else {
            return value(key, nil as String?)
        }
        object(key) { writer in
            writer.value("function", site.function)
            writer.value("file", site.file.isEmpty ? nil : site.file)
            writer.value("line", site.file.isEmpty ? nil : site.line)
        }
    }

    /// A part of a task: its path and name, which part from 0 on, and where the task was submitted.
    fileprivate mutating func part(_ key: String, _ part: TaskPart, of schedule: Schedule) {
        let task = schedule.task(part.task)
        object(key) { writer in
            writer.value("path", task?.path)
            writer.value("name", task?.name)
            writer.value("segment", part.segment)
            writer.site("submit_site", (task?.site).map { ($0.function, $0.file, $0.line) })
        }
    }
}

// MARK: - Of each command

extension ResultDocument {
    /// What explore found: executions, duration_ns, orders (how many were different; null where runs are too long to
    /// compare), steps (the most of an execution), uncontrolled (executions in which other threads or locks took
    /// part), given_up (further executions in which a task ran without a decision point until others continued beside
    /// it), and failures (symptom, description, error_type, throw_site, submit_site, hits, by_strategy, strategy,
    /// seed, execution, repeats, schedule, trace).
    init(_ found: Search.Found) {
        schema = "explore"
        members = { writer in
            writer.value("executions", found.executions)
            writer.value("duration_ns", Int(found.seconds * 1e9))
            writer.value("orders", found.orders)
            writer.value("steps", found.steps)
            writer.value("uncontrolled", found.uncontrolled)
            writer.value("given_up", found.givenUp)
            writer.array("failures") { writer in
                for failure in found.failures { writer.object { Self.write(failure, &$0) } }
            }
        }
    }

    private static func write(_ failure: Search.Failure, _ writer: inout JSONWriter) {
        writer.symptom(failure.symptom)
        writer.value("hits", failure.hits)
        writer.object("by_strategy") { writer in
            for (strategy, hits) in failure.byStrategy.sorted(by: { $0.key < $1.key }) { writer.value(strategy, hits) }
        }
        writer.value("strategy", "\(failure.strategy)")
        writer.value("seed", failure.strategy.takesSeed ? failure.seed : nil)
        writer.value("execution", failure.execution)
        writer.value("repeats", failure.isSteady)
        writer.value("schedule", failure.result.run == nil ? nil : failure.schedule)
        writer.value("trace", failure.result.runs.isEmpty ? nil : failure.result.prefix + ".trace")
    }

    /// How a schedule fails, and if it always does, what it was shrunk to: delays_before, delays (how many are left),
    /// delay_list (each with what was delayed, and until what had run), executions, confirmations (the runs of the
    /// result), confirmed (those of them that failed), schedule.
    ///
    /// - Parameter file: Where the smaller schedule is.
    init(_ symptom: Symptom?, _ shrunk: Minimization.Shrunk? = nil, file: String? = nil) {
        schema = "minimize"
        members = { writer in
            writer.symptom(symptom)
            writer.value("delays_before", shrunk?.before)
            writer.value("delays", shrunk?.delays.count)
            if let shrunk {
                writer.array("delay_list") { writer in
                    for delay in shrunk.delays {
                        writer.object { writer in
                            writer.part("delayed", delay.delayed, of: shrunk.schedule)
                            writer.part("until", delay.until, of: shrunk.schedule)
                        }
                    }
                }
            } else {
                writer.value("delay_list", nil as String?)
            }
            writer.value("executions", shrunk?.executions)
            writer.value("confirmations", shrunk.map { _ in Minimization.confirmations })
            writer.value("confirmed", shrunk?.confirmed)
            writer.value("schedule", file)
        }
    }

    /// How a recorded run went, whether it was reproduced, after how many orders, and in which schedule.
    init(_ wanted: Symptom?, orders: Int, cameAgainIn schedule: String?) {
        schema = "replay"
        members = { writer in
            writer.symptom(wanted)
            writer.value("came_again", schedule != nil)
            writer.value("orders", orders)
            writer.value("schedule", schedule)
        }
    }

    /// How two runs compare: alike (whether they are; null if there was nothing to compare, as the program made no
    /// pool), steps (how many are alike, from the first on), description (how they differ, in a sentence), and cause:
    /// uncontrolled, hashes, addresses, random, clock, time or unknown.
    init(alike: Bool?, steps: Int?, description: String? = nil, cause: Verification.Cause? = nil) {
        schema = "verify"
        members = { writer in
            writer.value("alike", alike)
            writer.value("steps", steps)
            writer.value("description", description)
            writer.value("cause", cause?.key)
        }
    }
}
