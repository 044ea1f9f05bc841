internal import TraceAnalysis

/// Lays a run's slices out on rows.
///
/// A row's slices must nest: readers of such files drop a slice that begins inside of another and ends after it. A task
/// that runs inside the wait of another does nest; two clocks, lost events and async tasks make others. Those go to a
/// further lane of the row.
struct SliceWalk {
    private struct Lane {
        let name: SliceLane
        var open: [Slice] = []
    }

    /// So deep do slices nest on one lane, at most: readers of such files have a limit.
    private static let maximumDepth = 200
    /// So many lanes has a row, at most: what fits on none of them is shown as a moment, with its length as a number.
    private static let maximumLanes = 64
    /// So many roots have rows of their own.
    private static let maximumRoots = 64

    private let run: Run
    private var lanes: [SliceLane.Place: [Lane]] = [:]
    private var roots: Set<UInt64> = []

    init(_ run: Run) { self.run = run }

    /// Shows a visitor all slices.
    mutating func walk(_ visitor: inout some SliceVisitor) {
        let segments = laterSegments()
        let spans = spans()
        var (segment, wait, span) = (0, 0, 0)
        for position in run.startOrder {
            let task = run.tasks.entries[Int(position)]
            guard let started = task.started else { continue }
            while segment < segments.count, segments[segment].slice.start < started {
                place(segments[segment].slice, .worker(segments[segment].worker), &visitor)
                segment += 1
            }
            while wait < run.waits.count, run.waits[wait].start < started {
                placeWait(wait, &visitor)
                wait += 1
            }
            while span < spans.count, spans[span].slice.start < started {
                place(spans[span].slice, spans[span].place, &visitor)
                span += 1
            }
            place(
                Slice(kind: .task, position: Int(position), start: started, end: firstEnd(of: task, started)),
                .worker(task.worker), &visitor)
        }
        for later in segments[segment...] { place(later.slice, .worker(later.worker), &visitor) }
        while wait < run.waits.count {
            placeWait(wait, &visitor)
            wait += 1
        }
        for later in spans[span...] { place(later.slice, later.place, &visitor) }
        placeNever(&visitor)
        for lane in lanes.values.joined() {
            for slice in lane.open.reversed() { visitor.end(slice, on: lane.name) }
        }
    }

    /// Where a task ran at a time, so that something of it can be put there; the root that it is, or hangs below, if it
    /// is on no worker.
    func place(of number: UInt64, at time: UInt64) -> SliceLane.Place {
        guard let position = run.tasks.position(of: number) else { return rootPlace(number) }
        let task = run.tasks.entries[position]
        guard let started = task.started, started <= time, time <= task.ended ?? run.end,
            task.worker != TaskEntry.noWorker
        else { return .elsewhere }
        guard task.wasSuspended, let suspensions = run.suspensions[number] else { return .worker(task.worker) }
        return suspensions.segment(at: time).map { .worker($0.worker) } ?? .elsewhere
    }

    private func rootPlace(_ number: UInt64) -> SliceLane.Place {
        roots.contains(number) || roots.count < Self.maximumRoots ? .root(number) : .elsewhere
    }
}

// MARK: - What there is

extension SliceWalk {
    private func firstEnd(of task: TaskEntry, _ started: UInt64) -> UInt64 {
        if task.wasSuspended, let first = run.suspensions[task.number]?.segments.first {
            return max(started, first.end)
        }
        return max(started, task.ended ?? run.end)
    }

    private func laterSegments() -> [(slice: Slice, worker: UInt32)] {
        var later: [(slice: Slice, worker: UInt32)] = []
        for (number, suspensions) in run.suspensions {
            guard let position = run.tasks.position(of: number) else { continue }
            for segment in suspensions.segments.dropFirst() {
                later.append(
                    (
                        Slice(kind: .segment, position: position, start: segment.start, end: segment.end),
                        segment.worker
                    ))
            }
        }
        return later.sorted { ($0.slice.start, $0.slice.position) < ($1.slice.start, $1.slice.position) }
    }

    /// What tasks said that they do, in order of time.
    private func spans() -> [(slice: Slice, place: SliceLane.Place)] {
        var spans: [(slice: Slice, place: SliceLane.Place)] = []
        for (position, annotation) in run.annotations.enumerated() {
            guard case .span(let end, _) = annotation.content else { continue }
            let slice = Slice(
                kind: .span, position: position, start: annotation.time, end: max(annotation.time, end))
            spans.append((slice, place(of: annotation.task, at: annotation.time)))
        }
        return spans.sorted { ($0.slice.start, $1.slice.end) < ($1.slice.start, $0.slice.end) }
    }

    private mutating func placeWait(_ index: Int, _ visitor: inout some SliceVisitor) {
        let wait = run.waits[index]
        let slice = Slice(kind: .wait, position: index, start: wait.start, end: max(wait.start, wait.ended ?? run.end))
        place(slice, place(of: wait.task, at: wait.start), &visitor)
    }

    private mutating func placeNever(_ visitor: inout some SliceVisitor) {
        for (position, task) in run.tasks.entries.enumerated() where task.isShown && task.started == nil {
            let lane = lane(0, of: .elsewhere, &visitor)
            visitor.never(position, at: task.submitted ?? task.ended ?? run.start, on: lane)
        }
    }
}

// MARK: - Where it goes

extension SliceWalk {
    private mutating func place(_ slice: Slice, _ place: SliceLane.Place, _ visitor: inout some SliceVisitor) {
        if case .root(let number) = place { roots.insert(number) }
        for index in 0..<Self.maximumLanes {
            let lane = lane(index, of: place, &visitor)
            var open = lanes[place]![index].open
            lanes[place]![index].open = []
            while let last = open.last, last.end <= slice.start {
                visitor.end(last, on: lane)
                open.removeLast()
            }
            let fits = open.count < Self.maximumDepth && open.last.map { $0.end >= slice.end } ?? true
            if fits {
                visitor.begin(slice, on: lane)
                open.append(slice)
            }
            lanes[place]![index].open = open
            if fits { return }
        }
        let moment = Slice(kind: slice.kind, position: slice.position, start: slice.start, end: slice.start)
        let lane = SliceLane(place: place, overflow: 0)
        visitor.begin(moment, on: lane)
        visitor.end(moment, on: lane)
    }

    /// A lane of a row, which is made when it is first needed; those before it are there.
    private mutating func lane(
        _ index: Int, of place: SliceLane.Place, _ visitor: inout some SliceVisitor
    ) -> SliceLane {
        let name = SliceLane(place: place, overflow: index)
        if lanes[place, default: []].count == index {
            lanes[place, default: []].append(Lane(name: name))
            visitor.lane(name)
        }
        return name
    }
}
