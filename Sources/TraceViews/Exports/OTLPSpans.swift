internal import PoolModel
internal import TraceAnalysis

/// The spans of one run.
struct OTLPSpans {
    private let run: Run
    private let text: RunText
    private let traceID: String
    /// The span of the process.
    private let root: UInt64
    private let failures: [UInt64: Failure]
    /// SpanKind and StatusCode of trace.proto.
    private static let kindInternal = 1
    private static let statusError = 2

    init(_ run: Run, index: Int) {
        self.run = run
        text = RunText(run)
        // The same run has the same numbers in every export of it.
        let seed = TaskID.root("\(run.trace) \(run.pid ?? 0) \(run.start) \(index)")
        root = max(1, TaskID.child(of: seed, ordinal: 1))
        traceID = Self.hex(max(1, seed)) + Self.hex(root)
        failures = Dictionary(zip(run.failureTasks, run.failures), uniquingKeysWith: { first, _ in first })
    }

    func write(to spans: inout JSONWriter) {
        process(to: &spans)
        for task in run.tasks.entries where task.isShown { write(task, to: &spans) }
        for (index, wait) in run.waits.enumerated() { write(wait, index, to: &spans) }
        writeSpans(to: &spans)
    }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// 0 is no number of a span.
    private func spanID(_ task: UInt64) -> String { Self.hex(max(1, task)) }

    /// The span that a task hangs below: that of its nearest submitter which the trace shows, else the process's.
    private func parent(of task: TaskEntry) -> String {
        run.shownSubmitter(of: task).map { spanID(run.tasks.entries[$0].number) } ?? Self.hex(root)
    }

    private func span(
        _ id: String, parent: String?, _ name: String, from start: UInt64, to end: UInt64, in spans: inout JSONWriter,
        _ members: (inout JSONWriter) -> Void
    ) {
        spans.object { span in
            span.value("traceId", traceID)
            span.value("spanId", id)
            if let parent { span.value("parentSpanId", parent) }
            span.value("name", name)
            span.value("kind", Self.kindInternal)
            span.value("startTimeUnixNano", String(start))
            span.value("endTimeUnixNano", String(max(start, end)))
            members(&span)
        }
    }
}

// MARK: - Process and tasks

extension OTLPSpans {
    private func process(to spans: inout JSONWriter) {
        span(Self.hex(root), parent: nil, text.process, from: run.start, to: run.end, in: &spans) { span in
            span.array("attributes") { attributes in
                attributes.attribute("pooltrace.kind", "process")
                attributes.attribute("pooltrace.trace", run.trace)
                attributes.attribute("pooltrace.mode", run.process.map { $0.isSerial ? "serial" : "parallel" })
                attributes.attribute("pooltrace.strategy", run.process?.strategy)
                if let status = run.status { attributes.attribute("process.exit.code", UInt64(max(0, status))) }
            }
            // A task's own marks are in its span.
            let marks = run.marks.filter { !$0.isSaid || run.shownTask($0.task) == nil }
            guard !marks.isEmpty else { return }
            span.array("events") { events in
                for mark in marks {
                    events.object { event in
                        event.value("timeUnixNano", String(mark.time))
                        event.value("name", mark.text)
                        event.array("attributes") { $0.attribute("pooltrace.path", run.path(ofTask: mark.task)) }
                    }
                }
            }
        }
    }

    private func write(_ task: TaskEntry, to spans: inout JSONWriter) {
        let site = run.site(of: task)
        let state = run.state(of: task)
        let failure = state == .failed ? failures[task.number] : nil
        let start = task.started ?? task.submitted ?? task.ended ?? run.start
        let end = task.ended ?? (task.started == nil ? start : run.end)
        span(spanID(task.number), parent: parent(of: task), text.name(of: task), from: start, to: end, in: &spans) {
            span in
            span.array("attributes") { attributes in
                attributes.attribute("pooltrace.kind", "task")
                attributes.attribute("pooltrace.path", run.path(of: task))
                attributes.attribute("pooltrace.state", state.key)
                attributes.attribute("pooltrace.pool", text.pool(of: task))
                if let worker = text.worker(of: task) {
                    attributes.attribute("pooltrace.worker", UInt64(worker.number))
                    attributes.attribute("thread.id", worker.thread == 0 ? nil : UInt64(worker.thread))
                }
                attributes.attribute("pooltrace.queue_wait_ns", task.queueWait)
                attributes.attribute("pooltrace.run_time_ns", run.runTime(of: task))
                let split = run.timeSplit(of: task)
                attributes.attribute("pooltrace.cpu_ns", split?.onCPU)
                attributes.attribute("pooltrace.ready_ns", split?.ready)
                attributes.attribute("pooltrace.blocked_ns", split?.blocked)
                attributes.attribute("pooltrace.input", failure?.input ?? run.input(ofTask: task.number))
                attributes.attribute("code.function.name", site?.function)
                attributes.attribute("code.file.path", site?.file)
                attributes.attribute("code.line.number", (site?.line).map(UInt64.init))
                attributes.attribute("error.type", failure?.type ?? (state == .failed ? "_OTHER" : nil))
            }
            events(of: task, failure, at: end, in: &span)
            guard state == .failed else { return }
            span.object("status") { status in
                status.value("code", Self.statusError)
                if let failure { status.value("message", failure.message) }
            }
        }
    }

    /// What it said, what was thrown, and where an async task left its workers and came back.
    private func events(of task: TaskEntry, _ failure: Failure?, at end: UInt64, in span: inout JSONWriter) {
        let segments = task.wasSuspended ? run.suspensions[task.number]?.segments ?? [] : []
        let said = run.annotations(of: task.number).filter { !$0.isSpan }
        guard failure != nil || segments.count > 1 || !said.isEmpty else { return }
        span.array("events") { events in
            for annotation in said {
                events.object { event in
                    event.value("timeUnixNano", String(annotation.time))
                    event.value("name", run.name(of: annotation))
                    event.array("attributes") { attributes in
                        if case .value(let value) = annotation.content {
                            attributes.attribute("pooltrace.kind", "value")
                            attributes.attribute("pooltrace.value", value)
                        } else {
                            attributes.attribute("pooltrace.kind", "mark")
                        }
                    }
                }
            }
            for (left, back) in zip(segments, segments.dropFirst()) {
                for (name, time) in [("pooltrace.suspend", left.end), ("pooltrace.resume", back.start)] {
                    events.object { event in
                        event.value("timeUnixNano", String(time))
                        event.value("name", name)
                    }
                }
            }
            guard let failure else { return }
            events.object { event in
                event.value("timeUnixNano", String(end))
                event.value("name", "exception")
                event.array("attributes") { attributes in
                    attributes.attribute("exception.type", failure.type)
                    attributes.attribute("exception.message", failure.message)
                    attributes.attribute("exception.stacktrace", failure.thrownText)
                }
            }
        }
    }
}

// MARK: - Spans of tasks

extension OTLPSpans {
    /// What tasks said that they did, below the task, or what they did then.
    private func writeSpans(to spans: inout JSONWriter) {
        let numbers = TaskID.child(of: root, ordinal: 2)
        var open: [(task: UInt64, id: String, end: UInt64)] = []
        for (index, annotation) in run.annotations.enumerated() {
            guard case .span(let end, let ends) = annotation.content else { continue }
            while let last = open.last, last.task != annotation.task || last.end <= annotation.time {
                open.removeLast()
            }
            let id = spanID(TaskID.element(of: numbers, index: UInt64(index)))
            let task = run.shownTask(annotation.task) == nil ? Self.hex(root) : spanID(annotation.task)
            let parent = open.last?.id ?? task
            open.append((annotation.task, id, end))
            span(id, parent: parent, run.name(of: annotation), from: annotation.time, to: end, in: &spans) { span in
                span.array("attributes") { attributes in
                    attributes.attribute("pooltrace.kind", "span")
                    attributes.attribute("pooltrace.path", run.path(ofTask: annotation.task))
                    attributes.attribute("pooltrace.state", ends == .both ? "ended" : "not_whole")
                }
            }
        }
    }
}

// MARK: - Waits

extension OTLPSpans {
    private func write(_ wait: Run.Wait, _ index: Int, to spans: inout JSONWriter) {
        let id = spanID(TaskID.element(of: root, index: UInt64(index)))
        let parent = run.shownTask(wait.task) == nil ? Self.hex(root) : spanID(wait.task)
        span(id, parent: parent, "wait", from: wait.start, to: wait.ended ?? run.end, in: &spans) { span in
            span.array("attributes") { attributes in
                attributes.attribute("pooltrace.kind", "wait")
                attributes.attribute("pooltrace.path", run.path(ofTask: wait.task))
                attributes.attribute("pooltrace.awaited_path", run.path(ofTask: wait.awaited))
                attributes.attribute("pooltrace.state", wait.ended == nil ? "not_ended" : "ended")
            }
            guard run.shownTask(wait.awaited) != nil else { return }
            span.array("links") { links in
                links.object { link in
                    link.value("traceId", traceID)
                    link.value("spanId", spanID(wait.awaited))
                }
            }
        }
    }
}
