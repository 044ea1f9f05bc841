internal import Foundation
internal import TestSupport
internal import Testing

/// How much of each thing there is of a trace, as one of its views or exports tells it.
struct ExportCounts: Equatable {
    var tasks = 0
    /// How many tasks came how far.
    var outcomes: [String: Int] = [:]
    var failures = 0
    var waits = 0
    /// How many of the waits ended.
    var endedWaits = 0
    var marks = 0
    /// Values that tasks told of.
    var values = 0
    /// What tasks said that they did.
    var spans = 0
    /// From start to end of all tasks, without suspensions.
    var runTime = 0
    /// From submission to start of all tasks.
    var queueWait = 0
    /// The most tasks that waited in a queue at a time; 0 where a format does not say.
    var mostQueued = 0
}

extension ExportCounts {
    init(json document: Any) throws {
        for run in try #require((document as? [String: Any])?["runs"] as? [[String: Any]]) {
            let tasks = try #require(run["tasks"] as? [[String: Any]])
            let waits = try #require(run["waits"] as? [[String: Any]])
            self.tasks += tasks.count
            for task in tasks {
                outcomes[try #require(task["state"] as? String), default: 0] += 1
                runTime += task["run_time_ns"] as? Int ?? 0
                queueWait += task["queue_wait_ns"] as? Int ?? 0
            }
            self.waits += waits.count
            endedWaits += waits.count { $0["ended_ns"] is Int }
            marks += try #require(run["marks"] as? [Any]).count
            values += try #require(run["values"] as? [Any]).count
            spans += try #require(run["spans"] as? [Any]).count
            for report in try #require(run["reports"] as? [[String: Any]]) {
                failures += 1 + (report["others"] as? Int ?? 0)
            }
        }
    }

    /// What a format says that has no queue.
    var withoutQueue: ExportCounts {
        var counts = self
        counts.mostQueued = 0
        return counts
    }

    /// From the words and numbers of a page's summary, in turns; it tells no run time, and not which waits ended.
    init(page summary: [String], failures: Int) {
        for place in stride(from: 0, to: summary.count - 1, by: 2) {
            let count = Int(summary[place + 1]) ?? 0
            switch summary[place] {
            case "Tasks": tasks = count
            case "Waits": waits = count
            case "Marks": marks = count
            case "Values": values = count
            case "Spans": spans = count
            case "Duration", "Workers": break
            case let state: outcomes[state.lowercased().replacing(" ", with: "_")] = count
            }
        }
        self.failures = failures
    }

    /// From a table of comma-separated values.
    init(csv text: String) throws {
        let lines = text.split(separator: "\n").map(Self.values)
        let columns = try #require(lines.first)
        func value(_ name: String, _ row: [String]) throws -> String {
            row[try #require(columns.firstIndex(of: name))]
        }
        for row in lines.dropFirst() {
            try #require(row.count == columns.count, "\(row)")
            switch try value("kind", row) {
            case "task":
                tasks += 1
                outcomes[try value("state", row), default: 0] += 1
                runTime += Int(try value("run_time_ns", row)) ?? 0
                queueWait += Int(try value("queue_wait_ns", row)) ?? 0
            case "wait":
                waits += 1
                if try value("state", row) == "ended" { endedWaits += 1 }
            case "failure": failures += 1
            case "mark": marks += 1
            case "value": values += 1
            case "span": spans += 1
            case let kind: Issue.record("a row of the kind \(kind)")
            }
        }
    }

    /// The values of a row: those in quotes may hold commas, and a quote twice.
    private static func values(_ line: Substring) -> [String] {
        var values = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: values.append("")
            default: values[values.count - 1].append(character)
            }
        }
        return values
    }

    static let sqliteQueries = [
        "states": "SELECT state, count(*), sum(run_time_ns), sum(queue_wait_ns) FROM tasks GROUP BY 1",
        "queued": "SELECT max(queued) FROM queue_depth WHERE pool = 1",
        "categories": """
        SELECT 'failure', count(*) FROM failures UNION ALL SELECT 'wait', count(*) FROM waits
        UNION ALL SELECT 'mark', count(*) FROM marks UNION ALL SELECT 'span', count(*) FROM spans
        UNION ALL SELECT 'value', count(*) FROM task_values UNION ALL SELECT 'task', count(*) FROM tasks
        """,
        "ended": "SELECT count(*) FROM waits WHERE ended_ns IS NOT NULL",
    ]

    /// Arguments of slices have another name in each format.
    static func perfettoQueries(arguments: String) -> [String: String] {
        [
            "states": """
            SELECT EXTRACT_ARG(arg_set_id, '\(arguments).state'), count(*),
                sum(EXTRACT_ARG(arg_set_id, '\(arguments).run_time_ns')),
                sum(EXTRACT_ARG(arg_set_id, '\(arguments).queue_wait_ns')) FROM slice WHERE category = 'task' GROUP BY 1
            """,
            "categories": """
            SELECT category, count(*) FROM slice GROUP BY 1 UNION ALL
            SELECT 'value', count(*) FROM counter JOIN track ON track.id = counter.track_id
            WHERE track.name NOT LIKE '%tasks queued%' AND track.name NOT LIKE '%workers running%'
            """,
            "queued": """
            SELECT cast(max(value) AS INT) FROM counter JOIN counter_track t ON track_id = t.id
            WHERE t.name LIKE 'files: tasks queued%'
            """,
            "ended": """
            SELECT count(*) FROM slice WHERE category = 'wait' AND EXTRACT_ARG(arg_set_id, '\(arguments).state') = 'ended'
            """,
        ]
    }

    /// From the answers to the queries above.
    init(answers: Any) throws {
        let answers = try #require(answers as? [String: [[Any]]], "\(answers)")
        for row in try #require(answers["states"]) {
            let state = try #require(row[0] as? String).replacing(" ", with: "_")
            outcomes[state] = try #require(row[1] as? Int)
            runTime += row[2] as? Int ?? 0
            queueWait += row[3] as? Int ?? 0
        }
        mostQueued = answers["queued"]?.first?.first as? Int ?? 0
        var counts: [String: Int] = [:]
        for row in try #require(answers["categories"]) { counts[row[0] as? String ?? ""] = row[1] as? Int }
        tasks = counts["task"] ?? 0
        failures = counts["failure"] ?? 0
        waits = counts["wait"] ?? 0
        marks = counts["mark"] ?? 0
        values = counts["value"] ?? 0
        spans = counts["span"] ?? 0
        endedWaits = try #require(answers["ended"]?.first?.first as? Int)
    }

    init(otlp answer: Any) throws {
        let spans = try #require((answer as? [[String: Any]])?.first?["spans"] as? [[String: Any]])
        for span in spans {
            let attributes = try #require(span["attributes"] as? [String: Any])
            let events = try #require(span["events"] as? [[String: Any]])
            switch attributes["pooltrace.kind"] as? String {
            case "task":
                tasks += 1
                outcomes[attributes["pooltrace.state"] as? String ?? "", default: 0] += 1
                runTime += attributes["pooltrace.run_time_ns"] as? Int ?? 0
                queueWait += attributes["pooltrace.queue_wait_ns"] as? Int ?? 0
                failures += events.count { $0["name"] as? String == "exception" }
                let kinds = events.map { $0["pooltrace.kind"] as? String }
                values += kinds.count { $0 == "value" }
                marks += kinds.count { $0 == "mark" }
            case "span": self.spans += 1
            case "wait":
                waits += 1
                if attributes["pooltrace.state"] as? String == "ended" { endedWaits += 1 }
            default: marks += events.count
            }
        }
    }
}
