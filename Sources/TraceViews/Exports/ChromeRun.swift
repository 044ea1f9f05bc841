internal import PoolModel
internal import TraceAnalysis

/// One run of a trace in Chrome's format.
struct ChromeRun: SliceVisitor {
    private(set) var events: ChromeEvents
    private(set) var numbers: ExportNumbers
    private let run: Run
    private let text: RunText
    private var threads: [SliceLane: UInt64] = [:]

    init(_ run: Run, numbers: ExportNumbers, events: ChromeEvents) {
        self.run = run
        self.numbers = numbers
        self.events = events
        text = RunText(run)
    }

    mutating func write() {
        events.name("process_name", events.pid, text.process)
        var walk = SliceWalk(run)
        walk.walk(&self)
        submits(walk)
        failures()
        marks()
        values()
        for kind in LoadChanges.Kind.allCases { counters(kind) }
    }
}

// MARK: - Slices

extension ChromeRun {
    mutating func lane(_ lane: SliceLane) {
        let isMain = lane.overflow == 0 && text.isMain(lane.place)
        let thread = isMain ? events.pid : numbers.take(lane.overflow == 0 ? text.thread(of: lane.place) : nil)
        threads[lane] = thread
        events.name("thread_name", thread, text.lane(lane))
    }

    mutating func begin(_ slice: Slice, on lane: SliceLane) {
        guard let thread = threads[lane] else { return }
        let length = slice.end - slice.start
        if slice.kind == .wait {
            let wait = run.waits[slice.position]
            return events.add("X", "wait", "wait", at: slice.start, on: thread) { event in
                event.microseconds("dur", length)
                event.object("args") { args in
                    args.value("awaited_path", run.path(ofTask: wait.awaited))
                    args.value("path", run.path(ofTask: wait.task))
                    args.value("state", wait.ended == nil ? "not ended" : "ended")
                }
            }
        }
        if slice.kind == .span {
            let span = run.annotations[slice.position]
            return events.add("X", "span", run.name(of: span), at: slice.start, on: thread) { event in
                event.microseconds("dur", length)
                event.object("args") { args in
                    args.value("path", run.path(ofTask: span.task))
                    args.value("state", span.content == .span(until: slice.end, .both) ? "ended" : "not whole")
                }
            }
        }
        let task = run.tasks.entries[slice.position]
        let category = slice.kind == .task ? "task" : "segment"
        events.add("X", category, text.title(of: task), at: slice.start, on: thread) { event in
            event.microseconds("dur", length)
            if run.state(of: task) == .failed { event.value("cname", "terrible") }
            text.describe(task, in: &event)
        }
        if slice.kind == .task, task.submitted != nil {
            events.flow("f", to: task.number, at: slice.start, on: thread)
        }
    }

    mutating func end(_ slice: Slice, on lane: SliceLane) {}

    mutating func never(_ position: Int, at time: UInt64, on lane: SliceLane) {
        guard let thread = threads[lane] else { return }
        let task = run.tasks.entries[position]
        events.add("i", "task", text.title(of: task), at: time, on: thread) { event in
            event.value("s", "t")
            text.describe(task, in: &event)
        }
    }
}

extension RunText {
    fileprivate func describe(_ task: TaskEntry, in event: inout JSONWriter) {
        event.object("args") { args in
            args.value("path", run.path(of: task))
            args.value("task", String(task.number, radix: 16))
            args.value("state", run.state(of: task).rawValue)
            if let site = run.site(of: task) { args.value("site", site.description) }
            if let wait = task.queueWait { args.value("queue_wait_ns", wait) }
            if let time = run.runTime(of: task) { args.value("run_time_ns", time) }
            if let split = run.timeSplit(of: task) {
                args.value("cpu_ns", split.onCPU)
                args.value("ready_ns", split.ready)
                args.value("blocked_ns", split.blocked)
            }
            if let input = run.input(ofTask: task.number) { args.value("input", input) }
        }
    }
}

// MARK: - Moments and counters

extension ChromeRun {
    /// Where each task that started was submitted: where its flow begins.
    private mutating func submits(_ walk: SliceWalk) {
        for task in run.tasks.entries where task.isShown && task.started != nil {
            guard let submitted = task.submitted else { continue }
            let lane = SliceLane(place: walk.place(of: task.parent, at: submitted), overflow: 0)
            if threads[lane] == nil { self.lane(lane) }
            guard let thread = threads[lane] else { continue }
            // A flow begins in a slice.
            events.add("X", "submit", "submit", at: submitted, on: thread) { $0.microseconds("dur", 0) }
            events.flow("s", to: task.number, at: submitted, on: thread)
        }
    }

    private mutating func failures() {
        guard !run.failures.isEmpty else { return }
        let thread = thread("failures")
        let reports = ReportTexts(run)
        for (failure, number) in zip(run.failures, run.failureTasks) {
            let time = run.time(of: failure, task: number)
            events.add("i", "failure", "failed: \(failure.type)", at: time, on: thread) { event in
                event.value("s", "t")
                event.object("args") { args in
                    args.value("path", failure.path)
                    args.value("type", failure.type)
                    args.value("message", failure.message)
                    if let input = failure.input { args.value("input", input) }
                    if let thrown = failure.thrownText { args.value("thrown", thrown) }
                    if let report = reports[failure] { args.value("report", report) }
                }
            }
        }
    }

    private mutating func marks() {
        guard !run.marks.isEmpty else { return }
        let thread = thread("marks")
        for mark in run.marks {
            events.add("i", "mark", mark.text, at: mark.time, on: thread) { event in
                event.value("s", "t")
                event.object("args") { $0.value("path", run.path(ofTask: mark.task)) }
            }
        }
    }

    private mutating func values() {
        for annotation in run.annotations {
            guard case .value(let value) = annotation.content, value.isFinite else { continue }
            events.add("C", "value", run.name(of: annotation), at: annotation.time, on: events.pid) { event in
                event.object("args") { $0.value("value", value) }
            }
        }
    }

    private mutating func thread(_ name: String) -> UInt64 {
        let thread = numbers.take(nil)
        events.name("thread_name", thread, name)
        return thread
    }

    private mutating func counters(_ kind: LoadChanges.Kind) {
        LoadChanges(run).forEach(kind) { pool, time, count in
            events.add("C", "counter", text.counter(kind, of: pool), at: time, on: events.pid) { event in
                event.object("args") { $0.value("count", count) }
            }
        }
    }
}
