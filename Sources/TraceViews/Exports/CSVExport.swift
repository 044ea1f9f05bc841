internal import PoolModel
public import TraceAnalysis

/// Runs as one table of comma-separated values (RFC 4180), for spreadsheets and data frames: a row for each task, wait,
/// failure, mark, and value and span that tasks reported, told apart by `kind`.
///
/// Times are nanoseconds since the run's start. Text is escaped as for a terminal, so that a row is a line; one that a
/// spreadsheet would take for a formula has an apostrophe in front.
public struct CSVExport: RunExport {
    private static let columns = [
        "kind", "run", "pid", "path", "name", "site", "pool", "worker", "state", "submitted_ns", "started_ns",
        "ended_ns",
        "queue_wait_ns", "run_time_ns", "suspensions", "awaited_path", "type", "message", "input",
        "cpu_ns", "ready_ns", "blocked_ns", "self_ns", "value",
    ]

    /// Makes the export.
    public init() {}

    /// Writes the runs as one document.
    public func write(_ runs: [Run], to sink: @escaping ByteSink) {
        var table = CSVWriter(to: sink)
        for column in Self.columns { table.text(column) }
        table.endRow()
        for (index, run) in runs.enumerated() {
            let text = RunText(run)
            for task in run.tasks.entries where task.isShown { Self.task(task, text, index, to: &table) }
            for wait in run.waits { Self.wait(wait, of: run, index, to: &table) }
            for (failure, task) in zip(run.failures, run.failureTasks) {
                Self.failure(failure, at: run.time(of: failure, task: task), of: run, index, to: &table)
            }
            for mark in run.marks {
                Self.begin("mark", run, index, path: run.path(ofTask: mark.task), to: &table)
                table.skip(6)
                table.number(run.offset(mark.time))
                table.skip(6)
                table.text(mark.text)
                table.skip(6)
                table.endRow()
            }
            for annotation in run.annotations { Self.annotation(annotation, of: run, index, to: &table) }
        }
        table.finish()
    }

    private static func begin(_ kind: String, _ run: Run, _ index: Int, path: String, to table: inout CSVWriter) {
        table.text(kind)
        table.number(UInt64(index + 1))
        table.number(run.pid)
        table.text(path)
    }

    private static func task(_ task: TaskEntry, _ text: RunText, _ index: Int, to table: inout CSVWriter) {
        let run = text.run
        begin("task", run, index, path: run.path(of: task), to: &table)
        table.text(run.name(of: task))
        table.text(run.site(of: task)?.description)
        table.text(text.pool(of: task))
        table.number(text.worker(of: task).map { UInt64($0.number) })
        table.text(run.state(of: task).key)
        table.number(task.submitted.map(run.offset))
        table.number(task.started.map(run.offset))
        table.number(task.ended.map(run.offset))
        table.number(task.queueWait)
        table.number(run.runTime(of: task))
        table.number(UInt64(run.suspensions[task.number]?.count ?? 0))
        table.skip(3)
        table.text(run.input(ofTask: task.number))
        let position = run.tasks.position(of: task.number)
        let split = position.flatMap(run.timeSplit)
        for time in [split?.onCPU, split?.ready, split?.blocked, position.flatMap(run.selfTime)] { table.number(time) }
        table.skip(1)
        table.endRow()
    }

    private static func wait(_ wait: Run.Wait, of run: Run, _ index: Int, to table: inout CSVWriter) {
        begin("wait", run, index, path: run.path(ofTask: wait.task), to: &table)
        table.skip(4)
        table.text(wait.ended == nil ? "not_ended" : "ended")
        table.skip(1)
        table.number(run.offset(wait.start))
        table.number(wait.ended.map(run.offset))
        table.skip(3)
        table.text(run.path(ofTask: wait.awaited))
        table.skip(8)
        table.endRow()
    }

    private static func failure(
        _ failure: Failure, at time: UInt64, of run: Run, _ index: Int, to table: inout CSVWriter
    ) {
        begin("failure", run, index, path: failure.path, to: &table)
        table.text(failure.name)
        table.text(failure.site.description)
        table.text(failure.poolName)
        table.number(UInt64(failure.worker))
        table.skip(3)
        table.number(run.offset(time))
        table.number(failure.queueWait)
        table.number(failure.runTime)
        table.skip(2)
        table.text(failure.type)
        table.text(failure.message)
        table.text(failure.input)
        table.skip(5)
        table.endRow()
    }

    /// A mark has a row of its own already.
    private static func annotation(
        _ annotation: Run.Annotation, of run: Run, _ index: Int, to table: inout CSVWriter
    ) {
        if annotation.content == .mark { return }
        begin(annotation.isSpan ? "span" : "value", run, index, path: run.path(ofTask: annotation.task), to: &table)
        table.text(run.name(of: annotation))
        table.skip(5)
        table.number(run.offset(annotation.time))
        switch annotation.content {
        case .mark, .value: table.skip(2)
        case .span(let end, _):
            table.number(run.offset(end))
            table.skip(1)
        }
        table.number(annotation.length)
        table.skip(9)
        if case .value(let value) = annotation.content { table.text("\(value)") } else { table.skip(1) }
        table.endRow()
    }
}
