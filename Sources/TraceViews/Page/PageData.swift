internal import PoolModel
internal import TraceAnalysis

/// The data of the page: what is small as one JSON document, `about`, and the columns of each run's tasks.
struct PageData {
    private let runs: [(run: Run, columns: PageColumns)]

    init(_ runs: [Run]) { self.runs = runs.map { ($0, PageColumns($0)) } }

    func write(to html: HTMLText) {
        html.json(HTMLText.DataID("about")) { about in
            about.object { about in
                about.array("runs") { array in
                    for (run, columns) in runs { array.object { Self.about(run, columns, to: &$0) } }
                }
            }
        }
        for (index, (_, columns)) in runs.enumerated() {
            columns.write { name, write in html.data(HTMLText.DataID(run: index, name), write) }
        }
    }
}

// MARK: - About a run

extension PageData {
    private static func about(_ run: Run, _ columns: PageColumns, to writer: inout JSONWriter) {
        writer.value("trace", run.trace)
        writer.value("pid", run.pid)
        writer.value("command", RunText(run).process)
        writer.value("mode", run.process.map { $0.isSerial ? "serial" : "parallel" })
        writer.value("ending", run.status.map { "ended with status \($0)" } ?? "end unknown: killed or still running")
        writer.value("duration", max(1, run.duration))
        writer.value("discarded", run.loss.discarded)
        writer.value("tasks", run.tasks.entries.count)
        writer.value("waits", run.waits.count)
        writer.array("pools") { array in
            for pool in run.pools {
                array.object { object in
                    object.value("pool", pool.number)
                    object.value("name", pool.name)
                }
            }
        }
        writer.array("workers") { array in
            for worker in run.workers {
                array.object { object in
                    object.value("pool", worker.pool)
                    object.value("number", worker.number)
                }
            }
        }
        kinds(run, columns, to: &writer)
        writer.array("roots") { array in
            for root in columns.roots { array.value(nil, run.path(ofTask: root)) }
        }
        writer.array("paths") { array in
            for task in run.tasks.entries where columns.hasOwnPath(task) { array.value(nil, run.path(of: task)) }
        }
        writer.array("marks") { array in
            for mark in run.marks {
                array.object { object in
                    object.value("time", run.offset(mark.time))
                    object.value("text", mark.text)
                }
            }
        }
        writer.array("inputs") { array in
            for (position, task) in run.tasks.entries.enumerated() {
                guard let input = run.input(ofTask: task.number) else { continue }
                array.array { pair in
                    pair.value(nil, position)
                    pair.value(nil, input)
                }
            }
        }
        said(run, to: &writer)
        writer.array("lints") { array in
            for lint in run.lints {
                array.object { object in
                    object.value("sentence", lint.sentence)
                    object.value("remedy", lint.remedy)
                    object.value("task", lint.tasks.lazy.compactMap { run.shownTask($0) }.first ?? -1)
                }
            }
        }
        failures(run, to: &writer)
        samples(run, to: &writer)
    }

    /// Functions, stacks of them, and what the samples of a task, of one stack and of one kind stand for.
    private static func samples(_ run: Run, to writer: inout JSONWriter) {
        struct Key: Hashable {
            let task: Int
            let stack: Int
            let isBlocked: Bool
        }
        var sums: [Key: UInt64] = [:]
        for sample in run.samples.all {
            let key = Key(
                task: run.position(of: sample) ?? -1, stack: sample.stack, isBlocked: sample.kind == .blocked)
            sums[key, default: 0] &+= sample.weight
        }
        let stacks = sums.isEmpty ? [] : Profile.frames(of: run)
        var places: [Profile.Frame: Int] = [:]
        var frames: [Profile.Frame] = []
        for frame in stacks.joined() where places[frame] == nil {
            places[frame] = frames.count
            frames.append(frame)
        }
        writer.array("frames") { array in
            for frame in frames {
                let file = frame.file.split(separator: "/").suffix(2).joined(separator: "/")
                array.array { fields in
                    fields.value(nil, frame.function)
                    fields.value(nil, frame.line == 0 || file.isEmpty ? frame.module : "\(file):\(frame.line)")
                }
            }
        }
        writer.array("stacks") { array in
            for stack in stacks {
                array.array { fields in
                    for frame in stack { fields.value(nil, places[frame]) }
                }
            }
        }
        writer.array("samples") { array in
            for (key, weight) in sums.sorted(by: { ($0.key.task, $0.key.stack) < ($1.key.task, $1.key.stack) }) {
                array.array { fields in
                    fields.value(nil, key.task)
                    fields.value(nil, key.stack)
                    fields.value(nil, key.isBlocked ? 1 : 0)
                    fields.value(nil, weight)
                }
            }
        }
    }

    /// Names, sites, and the kinds that are made of their places: -1 for none.
    private static func kinds(_ run: Run, _ columns: PageColumns, to writer: inout JSONWriter) {
        let names = places(columns.kinds.map(\.name)) { run.name($0) }
        let sites = places(columns.kinds.map(\.site)) { run.site($0) }
        writer.array("names") { array in
            for name in names.values { array.value(nil, name) }
        }
        writer.array("sites") { array in
            for site in sites.values {
                array.array { fields in
                    fields.value(nil, site.file)
                    fields.value(nil, site.line)
                    fields.value(nil, site.function)
                }
            }
        }
        writer.array("kinds") { array in
            for kind in columns.kinds {
                array.array { fields in
                    fields.value(nil, kind.name == 0 ? -1 : names.places[kind.name] ?? -1)
                    fields.value(nil, sites.places[kind.site] ?? -1)
                    fields.value(nil, kind.pool)
                }
            }
        }
    }

    /// What tasks said: the task, the time, and the words.
    private static func said(_ run: Run, to writer: inout JSONWriter) {
        let shown = run.annotations.prefix(shownAnnotations)
        let spans = run.annotations.count(where: \.isSpan)
        let marks = run.annotations.count { $0.content == .mark }
        writer.value("spans", spans)
        writer.value("values", run.annotations.count - spans - marks)
        writer.value("unsaid", run.annotations.count - shown.count)
        writer.array("said") { array in
            for annotation in shown {
                guard let task = run.shownTask(annotation.task) else { continue }
                array.array { fields in
                    fields.value(nil, task)
                    fields.value(nil, run.offset(annotation.time))
                    fields.value(nil, run.text(of: annotation))
                }
            }
        }
    }

    /// What is said stands in the page as text, unlike the columns of the tasks.
    private static let shownAnnotations = 100_000

    private static func places<Value>(
        _ numbers: [UInt32], _ value: (UInt32) -> Value?
    ) -> (values: [Value], places: [UInt32: Int]) {
        var values: [Value] = []
        var places: [UInt32: Int] = [:]
        for number in numbers where places[number] == nil {
            guard let value = value(number) else { continue }
            places[number] = values.count
            values.append(value)
        }
        return (values, places)
    }

    private static func failures(_ run: Run, to writer: inout JSONWriter) {
        let reports = run.reports
        let texts = Dictionary(
            reports.map { ($0.failure.number, $0.text(run: run.reportRun)) }, uniquingKeysWith: { first, _ in first })
        // In the order of the reports, those without one behind.
        let order = Dictionary(
            reports.enumerated().map { ($1.failure.number, $0) }, uniquingKeysWith: { first, _ in first })
        let failures = zip(run.failures, run.failureTasks).sorted {
            (order[$0.0.number] ?? Int.max, $0.0.number) < (order[$1.0.number] ?? Int.max, $1.0.number)
        }
        writer.array("failures") { array in
            for (failure, task) in failures {
                array.object { object in
                    object.value("task", run.shownTask(task) ?? -1)
                    object.value("type", failure.type)
                    object.value("message", failure.message)
                    object.value("input", failure.input)
                    object.value("report", texts[failure.number])
                }
            }
        }
    }
}
