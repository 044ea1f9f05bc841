package import TraceAnalysis

/// Critical paths: what `pooltrace critical-path` shows.
///
/// JSON: schema `pooltrace.critical-path`, version 1, as `RunsJSON` describes such documents. A run has the keys trace
/// ... seed, then makespan_ns, gain_of_workers_ns, gain_of_handover_ns; by_name (name, or file and line; tasks,
/// on_path_ns, gain_ns) and by_task (path, on_path_ns, gain_ns); and chain: kind (run, handover, report, wakeup or
/// wait), path, name, worker, start_ns (since the run's start), length_ns, and of a task that ran cpu_ns, ready_ns and
/// blocked_ns, null where not measured.
package struct CriticalPathDocument: Document {
    private let runs: [Run]

    /// Makes a document of the critical path of each run.
    package init(_ runs: [Run]) { self.runs = runs }

    /// Writes a view of each run's.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        runs.map { CriticalPathView($0, screen: screen).text }.joined(separator: "\n").write(to: sink)
    }

    /// Writes the JSON document.
    package func writeJSON(to sink: @escaping ByteSink) {
        RunsJSON.document("pooltrace.critical-path", runs, to: sink) { writer, run in
            let path = CriticalPath(run)
            RunsJSON.header(run, to: &writer)
            writer.value("makespan_ns", path.makespan)
            writer.value("gain_of_workers_ns", path.gainOfWorkers)
            writer.value("gain_of_handover_ns", path.gainOfHandover)
            writer.array("by_name") { writer in
                for part in path.names {
                    writer.object { writer in
                        RunsJSON.group(part.subject, to: &writer)
                        writer.value("tasks", part.tasks)
                        writer.value("on_path_ns", part.onPath)
                        writer.value("gain_ns", part.gain)
                    }
                }
            }
            writer.array("by_task") { writer in
                for part in path.tasks {
                    writer.object { writer in
                        writer.value("path", run.path(ofTask: part.subject))
                        writer.value("on_path_ns", part.onPath)
                        writer.value("gain_ns", part.gain)
                    }
                }
            }
            writer.array("chain") { writer in
                for segment in path.segments { Self.json(segment, run, to: &writer) }
            }
        }
    }

    private static func json(_ segment: CriticalPath.Segment, _ run: Run, to writer: inout JSONWriter) {
        let task = run.tasks.position(of: segment.task).map { run.tasks.entries[$0] }
        writer.object { writer in
            writer.value("kind", segment.kind.rawValue)
            writer.value("path", run.path(ofTask: segment.task))
            writer.value("name", task.flatMap { run.name(of: $0) })
            writer.value("worker", task.flatMap { $0.worker == TaskEntry.noWorker ? nil : $0.worker })
            writer.value("start_ns", run.offset(segment.start))
            writer.value("length_ns", segment.length)
            writer.value("cpu_ns", segment.split?.onCPU)
            writer.value("ready_ns", segment.split?.ready)
            writer.value("blocked_ns", segment.split?.blocked)
        }
    }
}
