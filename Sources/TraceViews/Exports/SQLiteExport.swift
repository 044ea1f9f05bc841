internal import PoolModel
public import TraceAnalysis

/// Runs as a database of SQLite: the tables and views of `schema.sql`, which the file itself shows with `.schema`.
public struct SQLiteExport: Sendable {
    /// Makes the export.
    public init() {}

    /// Writes the runs into a new file.
    ///
    /// - Throws: A sentence that names the file, if that cannot be.
    public func write(_ runs: [Run], toFile path: String) throws {
        let database = try SQLiteDatabase(path: path)
        try database.run(String(decoding: PackageResources.schema_sql, as: UTF8.self))
        try database.run("BEGIN")
        var tasks: Int64 = 0
        for (index, run) in runs.enumerated() {
            try SQLiteRun(run, number: Int64(index + 1), after: tasks, in: database).write()
            tasks += Int64(run.tasks.entries.count)
        }
        try database.run("COMMIT")
    }
}

/// One run's rows.
private struct SQLiteRun {
    let run: Run
    let number: Int64
    /// How many tasks the runs before it have: ids go on behind them.
    let tasksBefore: Int64
    let database: SQLiteDatabase

    init(_ run: Run, number: Int64, after tasks: Int64, in database: SQLiteDatabase) {
        self.run = run
        self.number = number
        tasksBefore = tasks
        self.database = database
    }

    func write() throws {
        let process = run.process
        try database.insert(
            "runs", .integer(number), .text(run.trace), .integer(run.pid), .integer(process?.parentPID),
            .text(process?.executable), .text(process?.arguments),
            .text(process.map { $0.isSerial ? "serial" : "parallel" }), .text(process?.strategy),
            .integer(process?.seed), .integer(run.start), .integer(run.duration), .integer(run.status),
            .integer(run.loss.shown), .integer(run.loss.overwritten), .integer(run.loss.discarded))
        for pool in run.pools {
            try database.insert(
                "pools", .integer(number), .integer(pool.number), .text(pool.name), .integer(pool.workers))
        }
        for worker in run.workers {
            try database.insert(
                "workers", .integer(number), .integer(worker.id), .integer(worker.pool), .integer(worker.number),
                .integer(worker.thread == 0 ? nil : worker.thread))
        }
        try writeTasks()
        try writeSegments()
        try writeWaits()
        try writeFailures()
        try writeSamples()
        for mark in run.marks {
            try database.insert(
                "marks", .integer(number), .text(run.path(ofTask: mark.task)), .integer(run.offset(mark.time)),
                .text(mark.kind.key), .text(mark.text))
        }
        try writeAnnotations()
    }

    private func id(_ position: Int?) -> Int64? { position.map { tasksBefore + Int64($0) + 1 } }
}

// MARK: - Tasks

extension SQLiteRun {
    private func writeTasks() throws {
        var names: Set<UInt32> = []
        var sites: Set<UInt32> = []
        for (position, task) in run.tasks.entries.enumerated() where task.isShown {
            if let name = run.name(of: task), names.insert(task.name).inserted {
                try database.insert("names", .integer(number), .integer(task.name), .text(name))
            }
            if let site = run.site(of: task), sites.insert(task.site).inserted {
                try database.insert(
                    "sites", .integer(number), .integer(task.site), .text(site.file), .integer(site.line),
                    .text(site.function))
            }
            let split = run.timeSplit(at: position)
            try database.insert(
                "tasks", .integer(id(position)), .integer(number), .text(run.path(of: task)),
                .integer(id(run.shownSubmitter(of: task))), .integer(task.isElement ? task.index : nil),
                .integer(task.name == 0 ? nil : task.name), .integer(task.site == 0 ? nil : task.site),
                .integer(task.pool == 0 ? nil : task.pool),
                .integer(task.worker == TaskEntry.noWorker ? nil : task.worker), .text(run.state(of: task).key),
                .integer(task.submitted.map(run.offset)), .integer(task.started.map(run.offset)),
                .integer(task.ended.map(run.offset)), .integer(task.queueWait), .integer(run.runTime(of: task)),
                .integer(run.suspensions[task.number]?.count ?? 0), .integer(split?.onCPU), .integer(split?.ready),
                .integer(split?.blocked), .integer(run.selfTime(at: position)), .text(run.input(ofTask: task.number)))
        }
    }

    private func writeSegments() throws {
        for (task, suspensions) in run.suspensions {
            guard let task = id(run.shownTask(task)) else { continue }
            for segment in suspensions.segments {
                try database.insert(
                    "segments", .integer(number), .integer(task), .integer(segment.worker),
                    .integer(run.offset(segment.start)), .integer(run.offset(segment.end)))
            }
        }
    }

    private func writeWaits() throws {
        for wait in run.waits {
            try database.insert(
                "waits", .integer(number), .integer(id(run.shownTask(wait.task))), .text(run.path(ofTask: wait.task)),
                .integer(id(run.shownTask(wait.awaited))), .text(run.path(ofTask: wait.awaited)),
                .integer(run.offset(wait.start)), .integer(wait.ended.map(run.offset)))
        }
    }
}

// MARK: - What tasks said

extension SQLiteRun {
    private func writeAnnotations() throws {
        for annotation in run.annotations {
            let task = Value.integer(id(run.shownTask(annotation.task)))
            let path = Value.text(run.path(ofTask: annotation.task))
            let (name, time) = (Value.text(run.name(of: annotation)), Value.integer(run.offset(annotation.time)))
            switch annotation.content {
            case .mark: break
            case .value(let value):
                try database.insert("task_values", .integer(number), task, path, time, name, .real(value))
            case .span(let end, let ends):
                try database.insert(
                    "spans", .integer(number), task, path, time, .integer(run.offset(end)), name, .text("\(ends)"))
            }
        }
    }

    private typealias Value = SQLiteDatabase.Value
}

// MARK: - Failures

extension SQLiteRun {
    private func writeFailures() throws {
        let reports = ReportTexts(run)
        for (index, (failure, task)) in zip(run.failures, run.failureTasks).enumerated() {
            // In the file: runs have less than 2^32 each.
            let key = number << 32 | Int64(index + 1)
            try database.insert(
                "failures", .integer(key), .integer(number), .integer(failure.number),
                .integer(id(run.shownTask(task))), .text(failure.path), .text(failure.type), .text(failure.message),
                .text(failure.input), .integer(run.offset(run.time(of: failure, task: task))),
                .text(reports[failure]))
            for (depth, frame) in failure.frames.enumerated() {
                try database.insert(
                    "frames", .integer(key), .integer(depth), .text(frame.function),
                    .text(frame.file.isEmpty ? nil : frame.file), .integer(frame.file.isEmpty ? nil : frame.line))
            }
            for neighbour in failure.beside {
                try database.insert(
                    "beside", .integer(key), .integer(neighbour.worker), .text(neighbour.path), .text(neighbour.name),
                    .integer(neighbour.running))
            }
        }
    }
}

// MARK: - Samples

extension SQLiteRun {
    private func writeSamples() throws {
        if let sampling = run.sampling {
            try database.insert(
                "sampling", .integer(number), .integer(sampling.period), .integer(sampling.blocked),
                .integer(sampling.perfError), .integer(sampling.lost), .integer(sampling.unsampled))
        }
        for sample in run.samples.all {
            let task = run.position(of: sample).flatMap { run.shownTask(run.tasks.entries[$0].number) }
            let reason = run.samples.reasons[sample.reason]
            try database.insert(
                "samples", .integer(number), .integer(id(task)), .integer(sample.thread),
                .integer(run.offset(sample.time)), .text("\(sample.kind)"), .integer(sample.weight),
                .integer(sample.call < 0 ? nil : sample.call), .text(reason.isEmpty ? nil : reason),
                .integer(sample.stack + 1))
        }
        for (place, frames) in Profile.frames(of: run).enumerated() {
            for (depth, frame) in frames.enumerated() {
                try database.insert(
                    "stacks", .integer(number), .integer(place + 1), .integer(depth), .text(frame.function),
                    .text(frame.file.isEmpty ? nil : frame.file), .integer(frame.line == 0 ? nil : frame.line),
                    .text(frame.module.isEmpty ? nil : frame.module))
            }
        }
    }
}
