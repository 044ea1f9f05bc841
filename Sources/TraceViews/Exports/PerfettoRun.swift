internal import PoolModel
internal import TraceAnalysis

/// One run of a Perfetto trace.
struct PerfettoRun: SliceVisitor {
    private typealias Event = PerfettoFields.TrackEvent
    private typealias Descriptor = PerfettoFields.TrackDescriptor

    private(set) var packets: PerfettoPackets
    private(set) var numbers: ExportNumbers
    private let run: Run
    private let text: RunText
    private let pid: UInt64
    private let process: UInt64
    private var tracks: [SliceLane: UInt64] = [:]
    /// The numbers of threads in the export, by those of the kernel.
    private var threads: [UInt64: UInt64] = [:]
    /// The numbers of titles that the reader knows, by what titles are made of.
    private var titles: [UInt64: UInt64] = [:]

    init(_ run: Run, pid: UInt64, numbers: ExportNumbers, packets: consuming PerfettoPackets) {
        self.run = run
        self.pid = pid
        self.numbers = numbers
        let text = RunText(run)
        self.text = text
        process = packets.track { descriptor in
            descriptor.message(Descriptor.process) { process in
                process.varint(PerfettoFields.ProcessDescriptor.pid, pid)
                process.text(PerfettoFields.ProcessDescriptor.processName, text.process)
            }
        }
        packets.internKinds()
        self.packets = packets
    }

    mutating func write() {
        var walk = SliceWalk(run)
        walk.walk(&self)
        submits(walk)
        failures()
        marks()
        Self.write(samplesOf: run, pid: pid, threads: threads, to: &packets)
        values()
        for kind in LoadChanges.Kind.allCases { counters(kind) }
    }
}

// MARK: - Slices

extension PerfettoRun {
    mutating func lane(_ lane: SliceLane) {
        let name = text.lane(lane)
        if lane.overflow > 0 {
            let row = tracks[SliceLane(place: lane.place, overflow: 0)] ?? process
            tracks[lane] = packets.track(name, below: row)
            return
        }
        let tid = text.isMain(lane.place) ? pid : numbers.take(text.thread(of: lane.place))
        if let own = text.thread(of: lane.place) { threads[own] = tid }
        let (pid, process) = (pid, process)
        tracks[lane] = packets.track { descriptor in
            descriptor.varint(Descriptor.parentUUID, process)
            descriptor.message(Descriptor.thread) { thread in
                thread.varint(PerfettoFields.ThreadDescriptor.pid, pid)
                thread.varint(PerfettoFields.ThreadDescriptor.tid, tid)
                thread.text(PerfettoFields.ThreadDescriptor.threadName, name)
            }
        }
    }

    mutating func begin(_ slice: Slice, on lane: SliceLane) {
        guard let track = tracks[lane] else { return }
        if slice.kind == .wait {
            let wait = run.waits[slice.position]
            return packets.begin(.wait, at: slice.start, on: track) { event in
                event.text(Event.name, "wait")
                event.annotate(.awaited_path, run.path(ofTask: wait.awaited))
                event.annotate(.path, run.path(ofTask: wait.task))
                event.annotate(.state, wait.ended == nil ? "not ended" : "ended")
            }
        }
        if slice.kind == .span {
            let span = run.annotations[slice.position]
            return packets.begin(.span, at: slice.start, on: track) { event in
                event.text(Event.name, run.name(of: span))
                event.annotate(.path, run.path(ofTask: span.task))
                event.annotate(.state, span.content == .span(until: slice.end, .both) ? "ended" : "not whole")
            }
        }
        let task = run.tasks.entries[slice.position]
        let title = title(of: task)
        guard slice.kind == .task else {
            return packets.begin(.segment, at: slice.start, on: track) { event in
                event.varint(Event.nameIID, title)
                event.annotate(.path, run.path(of: task))
            }
        }
        let flow = packets.flow(task.number)
        packets.begin(.task, at: slice.start, on: track) { event in
            event.varint(Event.nameIID, title)
            text.annotate(task, in: &event)
            if task.submitted != nil { event.fixed64(Event.flowIDs, flow) }
        }
    }

    mutating func end(_ slice: Slice, on lane: SliceLane) {
        if let track = tracks[lane] { packets.end(at: slice.end, on: track) }
    }

    mutating func never(_ position: Int, at time: UInt64, on lane: SliceLane) {
        guard let track = tracks[lane] else { return }
        let task = run.tasks.entries[position]
        let title = title(of: task)
        packets.moment(.task, at: time, on: track) { event in
            event.varint(Event.nameIID, title)
            text.annotate(task, in: &event)
        }
    }

    /// The number of a task's title, which is told when it is first used.
    private mutating func title(of task: TaskEntry) -> UInt64 {
        let state = UInt64(TaskEntry.State.allCases.firstIndex(of: run.state(of: task)) ?? 0)
        let key = (task.name != 0 ? UInt64(task.name) << 4 : UInt64(task.site) << 4 | 1 << 40) | state
        if let known = titles[key] { return known }
        let iid = UInt64(titles.count + 1)
        titles[key] = iid
        packets.intern(name: text.title(of: task), as: iid)
        return iid
    }
}

extension RunText {
    fileprivate func annotate(_ task: TaskEntry, in event: inout ProtobufWriter) {
        event.annotate(.path, run.path(of: task))
        event.annotate(.task, String(task.number, radix: 16))
        event.annotate(.state, run.state(of: task).rawValue)
        event.annotate(.site, run.site(of: task)?.description)
        event.annotate(.queue_wait_ns, task.queueWait)
        event.annotate(.run_time_ns, run.runTime(of: task))
        let split = run.timeSplit(of: task)
        event.annotate(.cpu_ns, split?.onCPU)
        event.annotate(.ready_ns, split?.ready)
        event.annotate(.blocked_ns, split?.blocked)
        event.annotate(.input, run.input(ofTask: task.number))
    }
}

// MARK: - Moments and counters

extension PerfettoRun {
    /// Where each task that started was submitted: where its flow begins.
    private mutating func submits(_ walk: SliceWalk) {
        for task in run.tasks.entries where task.isShown && task.started != nil {
            guard let submitted = task.submitted else { continue }
            let lane = SliceLane(place: walk.place(of: task.parent, at: submitted), overflow: 0)
            if tracks[lane] == nil { self.lane(lane) }
            guard let track = tracks[lane] else { continue }
            let flow = packets.flow(task.number)
            packets.moment(.submit, at: submitted, on: track) { event in
                event.text(Event.name, "submit")
                event.fixed64(Event.flowIDs, flow)
            }
        }
    }

    private mutating func failures() {
        guard !run.failures.isEmpty else { return }
        let track = packets.track("failures", below: process)
        let reports = ReportTexts(run)
        for (failure, number) in zip(run.failures, run.failureTasks) {
            packets.moment(.failure, at: run.time(of: failure, task: number), on: track) { event in
                event.text(Event.name, "failed: \(failure.type)")
                event.annotate(.path, failure.path)
                event.annotate(.type, failure.type)
                event.annotate(.message, failure.message)
                event.annotate(.input, failure.input)
                event.annotate(.thrown, failure.thrownText)
                event.annotate(.report, reports[failure])
            }
        }
    }

    private mutating func marks() {
        guard !run.marks.isEmpty else { return }
        let track = packets.track("marks", below: process)
        for mark in run.marks {
            packets.moment(.mark, at: mark.time, on: track) { event in
                event.text(Event.name, mark.text)
                event.annotate(.path, run.path(ofTask: mark.task))
            }
        }
    }

    /// A counter for each name, by whichever task its value was said.
    private mutating func values() {
        var tracks: [UInt32: UInt64] = [:]
        for annotation in run.annotations {
            guard case .value(let value) = annotation.content else { continue }
            let track =
                tracks[annotation.name]
                ?? packets.track(run.name(of: annotation), below: process, isCounter: true)
            tracks[annotation.name] = track
            packets.count(value, at: annotation.time, on: track)
        }
    }

    private mutating func counters(_ kind: LoadChanges.Kind) {
        var tracks: [UInt32: UInt64] = [:]
        LoadChanges(run).forEach(kind) { pool, time, count in
            let track = tracks[pool] ?? packets.track(text.counter(kind, of: pool), below: process, isCounter: true)
            tracks[pool] = track
            packets.count(count, at: time, on: track)
        }
    }
}
