package import TraceAnalysis

/// What two runs differ in: what `pooltrace diff` shows.
///
/// JSON: `{"schema": "pooltrace.diff", "version": 1, "same": ..., "differs_in": [...], "a": run, "b": run, ...}`. A run
/// has trace ... seed, duration_ns and outcomes; then common (how many tasks both have), only_in_a and only_in_b (tasks
/// as in `pooltrace.view`), outcomes (path, name, a, b, and the errors error_a and error_b), order (alike, a, b: the
/// paths of the first starts that differ; null if all are alike), and times (name, or file and line; count_a, count_b,
/// median_a_ns, median_b_ns, p_millionths, superiority_millionths, verdict).
package struct DifferenceDocument: Document {
    private let difference: RunDifference
    private let ignored: Set<RunDifference.Aspect>

    /// Makes a document of a difference, some of whose aspects do not count.
    package init(_ difference: RunDifference, ignoring ignored: Set<RunDifference.Aspect>) {
        self.difference = difference
        self.ignored = ignored
    }

    /// Writes a view of it.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        DifferenceView(difference, ignoring: ignored, screen: screen).text.write(to: sink)
    }

    /// Writes the JSON document.
    package func writeJSON(to sink: @escaping ByteSink) {
        var writer = JSONWriter(to: sink)
        let (left, right) = (difference.left, difference.right)
        writer.object { writer in
            writer.value("schema", "pooltrace.diff")
            writer.value("version", 1)
            let differs = difference.aspects.subtracting(ignored)
            writer.value("same", differs.isEmpty)
            writer.array("differs_in") { writer in
                for aspect in RunDifference.Aspect.allCases where differs.contains(aspect) {
                    writer.value(nil, aspect.rawValue)
                }
            }
            Self.run("a", left, to: &writer)
            Self.run("b", right, to: &writer)
            writer.value("common", difference.common)
            Self.tasks("only_in_a", difference.onlyLeft, of: left, to: &writer)
            Self.tasks("only_in_b", difference.onlyRight, of: right, to: &writer)
            Self.outcomes(difference, to: &writer)
            Self.order(difference, to: &writer)
            writer.array("times") { writer in
                for times in difference.times { Self.json(times, to: &writer) }
            }
        }
        writer.finish()
    }

    private static func run(_ key: String, _ run: Run, to writer: inout JSONWriter) {
        writer.object(key) { writer in
            RunsJSON.header(run, to: &writer)
            writer.value("duration_ns", run.duration)
            writer.object("outcomes") { writer in
                let counts = run.counts()
                for state in TaskEntry.State.allCases { writer.value(state.key, counts[state] ?? 0) }
            }
        }
    }

    private static func tasks(_ key: String, _ positions: [UInt32], of run: Run, to writer: inout JSONWriter) {
        writer.array(key) { writer in
            for position in positions { RunsJSON.task(run.tasks.entries[Int(position)], run, to: &writer) }
        }
    }

    private static func outcomes(_ difference: RunDifference, to writer: inout JSONWriter) {
        let (left, right) = (TaskDetails(difference.left), TaskDetails(difference.right))
        writer.array("outcomes") { writer in
            for pair in difference.outcomes {
                let mine = difference.left.tasks.entries[Int(pair.left)]
                let other = difference.right.tasks.entries[Int(pair.right)]
                writer.object { writer in
                    writer.value("path", difference.left.path(of: mine))
                    writer.value("name", difference.left.name(of: mine))
                    writer.value("a", difference.left.state(of: mine).key)
                    writer.value("b", difference.right.state(of: other).key)
                    writer.value("error_a", left.error(of: mine))
                    writer.value("error_b", right.error(of: other))
                }
            }
        }
    }

    private static func order(_ difference: RunDifference, to writer: inout JSONWriter) {
        guard let divergence = difference.divergence else {
            writer.value("order", String?.none)
            return
        }
        func path(_ position: UInt32?, _ run: Run) -> String? {
            position.map { run.path(of: run.tasks.entries[Int($0)]) }
        }
        writer.object("order") { writer in
            writer.value("alike", divergence.alike)
            writer.value("a", path(divergence.left, difference.left))
            writer.value("b", path(divergence.right, difference.right))
        }
    }

    private static func json(_ times: TimeComparison, to writer: inout JSONWriter) {
        func millionths(_ value: Double?) -> Int? { value.map { Int(($0 * 1_000_000).rounded()) } }
        writer.object { writer in
            RunsJSON.group(times.group, to: &writer)
            writer.value("count_a", times.counts.left)
            writer.value("count_b", times.counts.right)
            writer.value("median_a_ns", times.medians.left)
            writer.value("median_b_ns", times.medians.right)
            writer.value("p_millionths", millionths(times.p))
            writer.value("superiority_millionths", millionths(times.superiority))
            writer.value("verdict", times.verdict == .tooFew ? "too_few" : times.verdict.rawValue)
        }
    }
}
