internal import PoolModel

// What a program says inside its tasks, by `CurrentTask`: marks, values and spans.
extension Run {
    /// Something that a task said.
    public struct Annotation: Sendable, Equatable {
        /// What was said.
        public enum Content: Sendable, Equatable {
            /// Something happened.
            case mark
            /// Something has this value from now on.
            case value(Double)
            /// The task did something until this time, on the trace's clock.
            case span(until: UInt64, Ends)
        }

        /// Which ends of a span the trace has.
        public enum Ends: Sendable, Equatable {
            case both
            /// It goes on until the task, or the run, ends.
            case start
            /// It has gone on since the task, or the run, started.
            case end
        }

        /// The number of the task.
        public let task: UInt64
        /// When it was said; of a span, when it started.
        public internal(set) var time: UInt64
        /// The number of the name.
        public internal(set) var name: UInt32
        /// What was said.
        public internal(set) var content: Content

        /// How long a span took, in nanoseconds.
        public var length: UInt64? {
            if case .span(let end, _) = content { end > time ? end - time : 0 } else { nil }
        }

        /// Whether it is a span.
        public var isSpan: Bool { length != nil }
    }

    /// What a task said, in order of time; of spans that start together the longest first.
    public func annotations(of task: UInt64) -> ArraySlice<Annotation> {
        func first(where isBehind: (UInt64) -> Bool) -> Int {
            var (low, high) = (0, annotations.count)
            while low < high {
                let middle = (low + high) / 2
                if isBehind(annotations[middle].task) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        return annotations[first { $0 >= task }..<first { $0 > task }]
    }

    /// The name of what was said.
    public func name(of annotation: Annotation) -> String { names[annotation.name] ?? "(a name that was not kept)" }

    /// What was said, in words: `rows = 12`, `cache miss`, `parse 1.25 ms`.
    public func text(of annotation: Annotation) -> String {
        let name = name(of: annotation)
        switch annotation.content {
        case .mark: return name
        case .value(let value): return "\(name) = \(Annotation.text(value))"
        case .span(_, let ends):
            let time = DurationText.text(nanoseconds: annotation.length ?? 0)
            switch ends {
            case .both: return "\(name) \(time)"
            case .start: return "\(name) \(time), not ended"
            case .end: return "\(name) \(time), or longer"
            }
        }
    }

    /// What a task said, in one line; `nil` if that is nothing.
    ///
    /// The first of it, where that is much.
    public func said(by task: UInt64) -> String? {
        guard !annotations.isEmpty else { return nil }
        let all = annotations(of: task)
        guard !all.isEmpty else { return nil }
        let more = all.count > Self.shownAnnotations ? ", and \(all.count - Self.shownAnnotations) more" : ""
        return all.prefix(Self.shownAnnotations).map(text).joined(separator: ", ") + more
    }

    private static let shownAnnotations = 20

    mutating func sortAnnotations() {
        annotations.sort {
            ($0.task, $0.time, $1.length ?? 0) < ($1.task, $1.time, $0.length ?? 0)
        }
    }

    /// Spans that go on have gone on until the run's end.
    mutating func extendAnnotations() {
        for index in annotations.indices {
            guard case .span(_, .start) = annotations[index].content,
                tasks.position(of: annotations[index].task).flatMap({ tasks.entries[$0].ended }) == nil
            else { continue }
            annotations[index].content = .span(until: max(annotations[index].time, end), .start)
        }
    }
}

extension Run.Annotation {
    /// A value as people write it: a whole one without decimals.
    public static func text(_ value: Double) -> String {
        Int64(exactly: value).map { $0.magnitude < 1 << 53 ? "\($0)" : "\(value)" } ?? "\(value)"
    }
}

/// Makes annotations from events that come in order of time.
struct AnnotationBuilder {
    private var annotations: [Run.Annotation] = []
    /// The spans of each task that have started and not ended, by their places.
    private var open: [UInt64: [Int]] = [:]
    /// So many open spans does an end look through: a damaged trace may have millions of them.
    private static let searched = 200

    mutating func add(_ content: Run.Annotation.Content, _ name: UInt32, of task: UInt64, at time: UInt64) {
        annotations.append(Run.Annotation(task: task, time: time, name: name, content: content))
    }

    mutating func start(_ name: UInt32, of task: UInt64, at time: UInt64) {
        open[task, default: []].append(annotations.count)
        add(.span(until: time, .start), name, of: task, at: time)
    }

    mutating func end(_ name: UInt32, of task: UInt64, at time: UInt64) {
        guard let place = open[task]?.suffix(Self.searched).lastIndex(where: { annotations[$0].name == name }),
            let span = open[task]?.remove(at: place)
        else { return add(.span(until: time, .end), name, of: task, at: time) }
        annotations[span].content = .span(until: time, .both)
    }

    /// Puts what was said into the run, whose tasks are known by now; marks are among its marks as well.
    func finish(_ run: inout Run) {
        guard !annotations.isEmpty else { return }
        run.annotations = annotations.map { annotation in
            guard case .span(let end, let ends) = annotation.content, ends != .both else { return annotation }
            let task = run.tasks.position(of: annotation.task).map { run.tasks.entries[$0] }
            var whole = annotation
            if ends == .start {
                whole.content = .span(until: max(annotation.time, task?.ended ?? run.end), .start)
            } else {
                whole.time = min(end, task?.started ?? run.start)
            }
            return whole
        }
        for mark in annotations where mark.content == .mark {
            run.marks.append(
                Run.Mark(time: mark.time, task: mark.task, kind: .user, text: run.name(of: mark), isSaid: true))
        }
        run.marks.sort { $0.time < $1.time }
        run.sortAnnotations()
    }
}
