internal import PoolModel
internal import TraceAnalysis

/// Runs as JSON, for other programs.
///
/// Two documents, `pooltrace.view` and `pooltrace.failures`, each `{"schema": ..., "version": 1, "runs": [...]}`. Keys
/// are never removed or given another meaning within a version; new ones may appear. Times are integers in nanoseconds
/// since the run's start, except for `start_ns` of a run, which is on the trace's clock (since 1970 where the clock
/// knows). Unknown values are null.
///
/// A run of `pooltrace.view`:
///
/// | key | value |
/// | --- | --- |
/// | trace, pid, parent_pid, executable, command, mode, strategy, seed | the process; mode is `parallel` or `serial` |
/// | start_ns, duration_ns, ended, status | ended is false where the process was killed or still runs |
/// | events | emitted = shown + overwritten + discarded |
/// | pools | pool, name, workers |
/// | workers | worker, pool, number, thread, tasks, failed, busy_ns |
/// | outcomes | how many tasks succeeded, failed, were cancelled ..., by the filters |
/// | times | name, file, line, count, and queue_wait, run_time, turnaround: count, p50, p90, p99, max |
/// | tasks | path, task, name, file, line, pool, worker, state, submitted_ns, started_ns, ended_ns, queue_wait_ns,
/// run_time_ns, suspensions, and of the run time cpu_ns, ready_ns, blocked_ns (null where not measured) and self_ns |
/// | waits | path, awaited_path, started_ns, ended_ns: the task of `path` waited for that of `awaited_path` |
/// | marks | time_ns, path, kind (user, uncontrolled, takeover, lost, spilled, stalled, deadlock, threads, spinning,
/// blocked, realTime, ...), text |
/// | values | time_ns, path, name, value: what a task said that something has from then on |
/// | spans | started_ns, ended_ns, path, name, ends (both, start, end): what a task said that it did; an end or a start
/// that the trace does not have is the task's |
/// | reports | as in `pooltrace.failures` |
/// | lints | lint (its kind), sentence, remedy, tasks (paths), workers |
///
/// A report: number, path, name, input, said (texts), type, message, thrown (function, file, line), submitted (name,
/// file, line, function; the failed task's own first), pool, pool_name, worker, started_ns, queue_wait_ns, run_time_ns,
/// beside (worker, path, name, running_ns), others, other_paths, and text, the report as the process prints it.
enum RunsJSON {
    /// Writes the document of `pooltrace view`.
    static func view(_ runs: [Run], filter: TaskFilter, to sink: @escaping ByteSink) {
        document("pooltrace.view", runs, to: sink) { writer, run in
            let bound = filter.bound(to: run)
            Self.header(run, to: &writer)
            Self.numbers(run, to: &writer)
            writer.array("pools") { writer in
                for pool in run.pools { Self.pool(pool, to: &writer) }
            }
            writer.array("workers") { writer in
                for row in Timeline.loads(of: run, filter: bound) { Self.worker(row, to: &writer) }
            }
            writer.object("outcomes") { writer in
                let counts = run.counts(where: bound.matches)
                for state in TaskEntry.State.allCases { writer.value(state.key, counts[state] ?? 0) }
            }
            writer.array("times") { writer in
                for times in TaskTimes.of(run, filter: bound) { Self.times(times, to: &writer) }
            }
            writer.array("tasks") { writer in
                for task in run.tasks.entries where task.isShown && bound.matches(task) {
                    Self.task(task, run, to: &writer)
                }
            }
            writer.array("waits") { writer in
                for wait in run.waits where filter.isOpen || bound.matches(wait) { Self.wait(wait, run, to: &writer) }
            }
            writer.array("marks") { writer in
                for mark in run.marks {
                    writer.object { writer in
                        writer.value("time_ns", run.offset(mark.time))
                        writer.value("path", run.path(ofTask: mark.task))
                        writer.value("kind", mark.kind.key)
                        writer.value("text", mark.text)
                    }
                }
            }
            Self.annotations(run, to: &writer)
            Self.reports(FailuresView(run, filter: filter), of: run, to: &writer)
            Self.lints(run, to: &writer)
        }
    }

    /// Writes the document of `pooltrace failures`.
    static func failures(_ runs: [Run], _ view: (Run) -> FailuresView, to sink: @escaping ByteSink) {
        document("pooltrace.failures", runs, to: sink) { writer, run in
            Self.header(run, to: &writer)
            Self.reports(view(run), of: run, to: &writer)
        }
    }

    /// Writes a document of runs.
    static func document(
        _ schema: String, _ runs: [Run], to sink: @escaping ByteSink, _ members: (inout JSONWriter, Run) -> Void
    ) {
        var writer = JSONWriter(to: sink)
        writer.object { writer in
            writer.value("schema", schema)
            writer.value("version", 1)
            writer.array("runs") { writer in
                for run in runs { writer.object { members(&$0, run) } }
            }
        }
        writer.finish()
    }
}

// MARK: - Parts of a run

extension RunsJSON {
    static func header(_ run: Run, to writer: inout JSONWriter) {
        writer.value("trace", run.trace)
        writer.value("pid", run.pid)
        writer.value("parent_pid", run.process?.parentPID)
        writer.value("executable", run.process?.executable)
        writer.value("command", run.process?.arguments)
        writer.value("mode", run.process.map { $0.isSerial ? "serial" : "parallel" })
        writer.value("strategy", run.process?.strategy)
        writer.value("seed", run.process?.seed)
    }

    static func numbers(_ run: Run, to writer: inout JSONWriter) {
        writer.value("start_ns", run.start)
        writer.value("duration_ns", run.duration)
        writer.value("ended", run.status != nil)
        writer.value("status", run.status)
        writer.object("events") { writer in
            writer.value("emitted", run.loss.emitted)
            writer.value("shown", run.loss.shown)
            writer.value("overwritten", run.loss.overwritten)
            writer.value("discarded", run.loss.discarded)
        }
    }

    static func pool(_ pool: Run.Pool, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.value("pool", pool.number)
            writer.value("name", pool.name)
            writer.value("workers", pool.workers)
        }
    }

    private static func worker(_ row: Timeline.Row, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.value("worker", row.worker.id)
            writer.value("pool", row.worker.pool)
            writer.value("number", row.worker.number)
            writer.value("thread", row.worker.thread)
            writer.value("tasks", row.tasks)
            writer.value("failed", row.failed)
            writer.value("busy_ns", row.busy)
        }
    }

    static func times(_ times: TaskTimes, to writer: inout JSONWriter) {
        writer.object { writer in
            group(times.group, to: &writer)
            writer.value("count", times.count)
            percentiles(
                ["queue_wait": times.queueWait, "run_time": times.runTime, "turnaround": times.turnaround], to: &writer)
        }
    }

    static func group(_ group: TaskTimes.Group, to writer: inout JSONWriter) {
        switch group {
        case .name(let name): writer.value("name", name)
        case .site(let site):
            writer.value("file", site.file)
            writer.value("line", site.line)
        case .unnamed, .others: break
        }
    }

    static func percentiles(_ known: KeyValuePairs<String, TaskTimes.Percentiles?>, to writer: inout JSONWriter) {
        for (key, percentiles) in known {
            guard let percentiles else { continue }
            writer.object(key) { writer in
                writer.value("count", percentiles.count)
                writer.value("p50", percentiles.p50)
                writer.value("p90", percentiles.p90)
                writer.value("p99", percentiles.p99)
                writer.value("max", percentiles.max)
            }
        }
    }

    static func task(
        _ task: TaskEntry, _ run: Run, to writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        let site = run.site(of: task)
        writer.object { writer in
            writer.value("path", run.path(of: task))
            // As text: a JSON number of 64 bits loses digits in many readers.
            writer.value("task", String(task.number, radix: 16))
            writer.value("name", run.name(of: task))
            writer.value("file", site?.file)
            writer.value("line", site?.line)
            writer.value("pool", task.pool)
            writer.value("worker", task.worker == TaskEntry.noWorker ? nil : task.worker)
            writer.value("state", run.state(of: task).key)
            writer.value("submitted_ns", task.submitted.map(run.offset))
            writer.value("started_ns", task.started.map(run.offset))
            writer.value("ended_ns", task.ended.map(run.offset))
            writer.value("queue_wait_ns", task.queueWait)
            writer.value("run_time_ns", run.runTime(of: task))
            writer.value("suspensions", run.suspensions[task.number]?.count ?? 0)
            let position = run.tasks.position(of: task.number)
            let split = position.flatMap(run.timeSplit)
            writer.value("cpu_ns", split?.onCPU)
            writer.value("ready_ns", split?.ready)
            writer.value("blocked_ns", split?.blocked)
            writer.value("self_ns", position.flatMap(run.selfTime))
            more(&writer)
        }
    }

    private static func annotations(_ run: Run, to writer: inout JSONWriter) {
        writer.array("values") { writer in
            for annotation in run.annotations {
                guard case .value(let value) = annotation.content else { continue }
                writer.object { writer in
                    writer.value("time_ns", run.offset(annotation.time))
                    writer.value("path", run.path(ofTask: annotation.task))
                    writer.value("name", run.name(of: annotation))
                    writer.value("value", value)
                }
            }
        }
        writer.array("spans") { writer in
            for annotation in run.annotations {
                guard case .span(let end, let ends) = annotation.content else { continue }
                writer.object { writer in
                    writer.value("started_ns", run.offset(annotation.time))
                    writer.value("ended_ns", run.offset(end))
                    writer.value("path", run.path(ofTask: annotation.task))
                    writer.value("name", run.name(of: annotation))
                    writer.value("ends", "\(ends)")
                }
            }
        }
    }

    private static func wait(_ wait: Run.Wait, _ run: Run, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.value("path", run.path(ofTask: wait.task))
            writer.value("awaited_path", run.path(ofTask: wait.awaited))
            writer.value("started_ns", run.offset(wait.start))
            writer.value("ended_ns", wait.ended.map(run.offset))
        }
    }
}

// MARK: - Lints

extension RunsJSON {
    static func lints(_ run: Run, to writer: inout JSONWriter) {
        writer.array("lints") { writer in
            for lint in run.lints {
                writer.object { writer in
                    writer.value("lint", lint.kind.rawValue)
                    writer.value("sentence", lint.sentence)
                    writer.value("remedy", lint.remedy)
                    writer.array("tasks") { writer in
                        for task in lint.tasks { writer.value(nil, run.path(ofTask: task)) }
                    }
                    writer.array("workers") { writer in
                        for worker in lint.workers { writer.value(nil, worker) }
                    }
                }
            }
        }
    }
}

// MARK: - Reports

extension RunsJSON {
    private static func reports(_ view: FailuresView, of run: Run, to writer: inout JSONWriter) {
        writer.array("reports") { writer in
            for report in view.reports {
                writer.object { writer in
                    Self.failure(report.failure, to: &writer)
                    writer.value("others", report.others)
                    writer.array("other_paths") { writer in
                        for path in report.otherPaths { writer.value(nil, path) }
                    }
                    writer.value("text", report.text(run: run.reportRun))
                }
            }
        }
    }

    private static func failure(_ failure: Failure, to writer: inout JSONWriter) {
        writer.value("number", failure.number)
        writer.value("path", failure.path)
        writer.value("name", failure.name)
        writer.value("input", failure.input)
        writer.array("said") { writer in
            for said in failure.said { writer.value(nil, said.text) }
        }
        writer.value("type", failure.type)
        writer.value("message", failure.message)
        writer.array("thrown") { writer in
            for frame in failure.frames {
                writer.object { writer in
                    writer.value("function", frame.function)
                    writer.value("file", frame.file.isEmpty ? nil : frame.file)
                    writer.value("line", frame.file.isEmpty ? nil : frame.line)
                }
            }
        }
        writer.array("submitted") { writer in
            for (name, site) in [(failure.name, failure.site)] + failure.ancestors.map({ ($0.name, $0.site) }) {
                writer.object { writer in
                    writer.value("name", name)
                    writer.value("file", site.file)
                    writer.value("line", site.line)
                    writer.value("function", site.function)
                }
            }
        }
        writer.value("pool", failure.pool)
        writer.value("pool_name", failure.poolName)
        writer.value("worker", failure.worker)
        writer.value("started_ns", failure.start)
        writer.value("queue_wait_ns", failure.queueWait)
        writer.value("run_time_ns", failure.runTime)
        writer.array("beside") { writer in
            for neighbour in failure.beside {
                writer.object { writer in
                    writer.value("worker", neighbour.worker)
                    writer.value("path", neighbour.path)
                    writer.value("name", neighbour.name)
                    writer.value("running_ns", neighbour.running)
                }
            }
        }
    }
}

extension TaskEntry.State {
    /// The state as a key.
    var key: String {
        switch self {
        case .notEnded: "not_ended"
        case .notStarted: "not_started"
        default: rawValue
        }
    }
}
