internal import PoolModel
package import TraceAnalysis

/// Profiles: what `pooltrace profile` shows.
///
/// JSON: schema `pooltrace.profile`, version 1, as `RunsJSON` describes such documents. A run has the keys trace ...
/// seed; aspect (cpu or blocked); sampling: period_ns, blocked_ns, perf_error (an errno; 0: none), perf, timer, blocked
/// (how many samples of each kind), lost, unsampled_threads; null where nothing was sampled; samples and weight_ns of
/// this profile, without_stack_ns; functions: function, file, line, module, self_ns, self_samples, total_ns,
/// total_samples, reasons; by_name: name, or file and line; samples, weight_ns, functions; and stacks: name, or file
/// and line; samples, weight_ns, frames, the task's first, each as in functions.
package struct ProfileDocument: Document {
    let runs: [Run]
    let profiles: [Profile]
    private let isByName: Bool
    private let rows: Int

    /// Makes a document of the profile of each run.
    ///
    /// - Parameters:
    ///   - task: The path of the one task to look at; nil: all.
    ///   - isByName: Whether text shows the functions of each task name.
    ///   - rows: How many functions text shows at most.
    package init(
        _ runs: [Run], aspect: Profile.Aspect, filter: TaskFilter, task: String?, isByName: Bool, rows: Int
    ) {
        self.runs = runs
        profiles = runs.map { run in
            Profile(run, aspect: aspect, filter: filter, task: task.map { TaskPath($0)?.id ?? 0 })
        }
        self.isByName = isByName
        self.rows = rows
    }

    /// Whether there is a sample in any of them.
    package var hasSamples: Bool { profiles.contains { $0.amount.samples > 0 } }

    /// The runs, each with its profile.
    var pairs: [(run: Run, profile: Profile)] { Array(zip(runs, profiles)) }

    /// Writes a view of each run's.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        pairs.map {
            ProfileView(run: $0.run, profile: $0.profile, screen: screen, isByName: isByName, rows: rows).text
        }.joined(separator: "\n").write(to: sink)
    }

    /// Writes the JSON document.
    package func writeJSON(to sink: @escaping ByteSink) {
        var left = profiles[...]
        RunsJSON.document("pooltrace.profile", runs, to: sink) { writer, run in
            let profile = left.removeFirst()
            RunsJSON.header(run, to: &writer)
            writer.value("aspect", profile.aspect.rawValue)
            Self.sampling(run, to: &writer)
            writer.value("samples", profile.amount.samples)
            writer.value("weight_ns", profile.amount.weight)
            writer.value("without_stack_ns", profile.withoutStack.weight)
            Self.functions(profile.functions, to: &writer)
            writer.array("by_name") { writer in
                for name in profile.names {
                    writer.object { writer in
                        RunsJSON.group(name.group, to: &writer)
                        writer.value("samples", name.amount.samples)
                        writer.value("weight_ns", name.amount.weight)
                        Self.functions(name.functions, to: &writer)
                    }
                }
            }
            writer.array("stacks") { writer in
                for stack in profile.stacks {
                    writer.object { writer in
                        RunsJSON.group(stack.group, to: &writer)
                        writer.value("samples", stack.amount.samples)
                        writer.value("weight_ns", stack.amount.weight)
                        writer.array("frames") { writer in
                            for frame in stack.frames { writer.object { Self.frame(frame, to: &$0) } }
                        }
                    }
                }
            }
        }
    }

    private static func sampling(_ run: Run, to writer: inout JSONWriter) {
        guard let sampling = run.sampling else { return writer.value("sampling", String?.none) }
        writer.object("sampling") { writer in
            writer.value("period_ns", sampling.period)
            writer.value("blocked_ns", sampling.blocked)
            writer.value("perf_error", sampling.perfError)
            writer.value("perf", run.samples.counts[.perf] ?? 0)
            writer.value("timer", run.samples.counts[.timer] ?? 0)
            writer.value("blocked", run.samples.counts[.blocked] ?? 0)
            writer.value("lost", sampling.lost)
            writer.value("unsampled_threads", sampling.unsampled)
        }
    }

    private static func functions(_ functions: [Profile.Function], to writer: inout JSONWriter) {
        writer.array("functions") { writer in
            for function in functions {
                writer.object { writer in
                    frame(function.frame, to: &writer)
                    writer.value("self_ns", function.own.weight)
                    writer.value("self_samples", function.own.samples)
                    writer.value("total_ns", function.total.weight)
                    writer.value("total_samples", function.total.samples)
                    writer.array("reasons") { writer in
                        for reason in function.reasons { writer.value(nil, reason) }
                    }
                }
            }
        }
    }

    private static func frame(_ frame: Profile.Frame, to writer: inout JSONWriter) {
        writer.value("function", frame.function)
        writer.value("file", frame.file.isEmpty ? nil : frame.file)
        writer.value("line", frame.line == 0 ? nil : frame.line)
        writer.value("module", frame.module.isEmpty ? nil : frame.module)
    }
}
