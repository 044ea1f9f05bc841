package import TraceAnalysis

/// Lists of tasks: what `pooltrace tasks` shows.
///
/// JSON: schema `pooltrace.tasks`, version 1, as `RunsJSON` describes such documents. A run has the keys trace ...
/// seed, total (how many tasks there are without the bound), and tasks: each as in `pooltrace.view`, with said (in
/// words), input and error (type and message) besides.
///
/// CSV: a row for each task, with trace and pid, then the columns that are chosen; times in nanoseconds.
package struct TaskListDocument: TableDocument {
    private let runs: [Run]
    private let query: TaskQuery
    private let columns: [TaskQuery.Key]?

    /// Makes a document of the tasks that a query finds.
    ///
    /// - Parameter columns: Those of text and table; the usual ones of each unless given.
    package init(_ runs: [Run], _ query: TaskQuery, columns: [TaskQuery.Key]?) {
        self.runs = runs
        self.query = query
        self.columns = columns
    }

    /// Writes a list for each run.
    package func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        for (position, run) in runs.enumerated() {
            if position > 0 { "\n".write(to: sink) }
            TaskListView(run, query, columns: columns ?? TaskListView.usualColumns(of: run), screen: screen).write {
                $0.write(to: sink)
            }
        }
    }

    /// Writes the JSON document.
    package func writeJSON(to sink: @escaping ByteSink) {
        RunsJSON.document("pooltrace.tasks", runs, to: sink) { writer, run in
            let (positions, total) = query.positions(in: run)
            let details = TaskDetails(run)
            RunsJSON.header(run, to: &writer)
            writer.value("total", total)
            writer.array("tasks") { writer in
                for position in positions {
                    let task = run.tasks.entries[Int(position)]
                    RunsJSON.task(task, run, to: &writer) { writer in
                        writer.value("said", details.text(.said, task))
                        writer.value("input", details.input(of: task))
                        writer.value("error", details.error(of: task))
                    }
                }
            }
        }
    }

    /// Writes the table.
    package func writeCSV(to sink: @escaping ByteSink) {
        let columns = columns ?? TaskQuery.Key.allCases
        var csv = CSVWriter(to: sink)
        csv.row(["trace", "pid"] + columns.map(\.heading))
        for run in runs {
            let details = TaskDetails(run)
            for position in query.positions(in: run).shown {
                let task = run.tasks.entries[Int(position)]
                csv.text(run.trace)
                csv.number(run.pid)
                for column in columns { Self.field(column, task, details, to: &csv) }
                csv.endRow()
            }
        }
        csv.finish()
    }

    /// Numbers go as they are: a text of each would cost more than all the rest.
    private static func field(
        _ key: TaskQuery.Key, _ task: TaskEntry, _ details: TaskDetails, to csv: inout CSVWriter
    ) {
        if key.isNumber { csv.number(details.number(key, task)) } else { csv.text(details.text(key, task)) }
    }
}

extension TaskQuery.Key {
    fileprivate var heading: String {
        isDuration || isMoment ? rawValue + "_ns" : rawValue
    }
}
