internal import TraceAnalysis

/// A run's tasks as columns of small numbers, which `data.js` and `run.js` read: a million tasks are some 17 MB of
/// text.
///
/// Most numbers are differences to the task before: tasks of one submitter follow each other. Each column is written in
/// a pass of its own, so that none is ever in memory.
struct PageColumns {
    /// The tasks that have one name, site and pool.
    struct Kind: Hashable {
        let name: UInt32
        let site: UInt32
        let pool: UInt32
    }

    private let run: Run
    private(set) var kinds: [Kind] = []
    private var kindPlaces: [Kind: Int] = [:]
    /// Submitters that the table does not have: their paths are told as text.
    private(set) var roots: [UInt64] = []
    private var rootPlaces: [UInt64: Int] = [:]
    private var workerPlaces: [UInt32: Int] = [:]
    /// A script's numbers are exact up to here: 104 days.
    private static let maximumValue: UInt64 = 1 << 53 - 1

    init(_ run: Run) {
        self.run = run
        for (place, worker) in run.workers.enumerated() { workerPlaces[worker.id] = place }
        var last: Kind?
        for task in run.tasks.entries {
            let kind = Self.kind(of: task)
            if kind != last, kindPlaces[kind] == nil {
                kindPlaces[kind] = kinds.count
                kinds.append(kind)
            }
            last = kind
            if run.tasks.position(of: task.parent) == nil { addRoot(task.parent) }
        }
        for wait in run.waits {
            for number in [wait.task, wait.awaited] where run.tasks.position(of: number) == nil { addRoot(number) }
        }
    }

    private mutating func addRoot(_ number: UInt64) {
        if rootPlaces[number] != nil { return }
        rootPlaces[number] = roots.count
        roots.append(number)
    }

    private static func kind(of task: TaskEntry) -> Kind { Kind(name: task.name, site: task.site, pool: task.pool) }

    /// Whether the path of a task is not its submitter's and a step: its submission is lost, or a failure told the
    /// path.
    func hasOwnPath(_ task: TaskEntry) -> Bool {
        task.submitted == nil && task.ordinal == 0 && !task.isElement || run.state(of: task) == .failed
    }

    /// A task of the table, or a root, as one number.
    private func code(_ number: UInt64) -> UInt64 {
        if let root = rootPlaces[number] { return UInt64(root) << 1 | 1 }
        return UInt64(run.tasks.position(of: number) ?? 0) << 1
    }

    private func offset(_ time: UInt64) -> Int64 { Int64(min(run.offset(time), Self.maximumValue)) }
}

// MARK: - Columns

extension PageColumns {
    /// Hands each column to `column`, with its name.
    func write(_ column: (_ name: StaticString, _ write: (inout Base64Writer) -> Void) -> Void) {
        column("flags") { output in
            for task in run.tasks.entries { output.append(flags(of: task)) }
        }
        column("kind") { output in
            for task in run.tasks.entries { output.varint(UInt64(kindPlaces[Self.kind(of: task)] ?? 0)) }
        }
        column("parent") { output in
            var last: Int64 = 0
            for task in run.tasks.entries {
                let parent = Int64(code(task.parent))
                output.signed(parent - last)
                last = parent
            }
        }
        column("step") { output in
            var last: Int64 = 0
            for task in run.tasks.entries where !hasOwnPath(task) {
                let step = Int64(min(task.isElement ? task.index : UInt64(task.ordinal), Self.maximumValue))
                output.signed(step - last)
                last = step
            }
        }
        column("worker") { output in
            for task in run.tasks.entries { output.varint(UInt64(workerPlaces[task.worker].map { $0 + 1 } ?? 0)) }
        }
        times(column)
        column("order", order)
        column("segments", segments)
        column("waits", waits)
        column("time", timeSplits)
    }

    private func flags(of task: TaskEntry) -> UInt8 {
        let states = TaskEntry.State.allCases
        let state = task.isShown ? states.firstIndex(of: run.state(of: task)) ?? 0 : states.count
        var flags = UInt8(state)
        if task.isElement { flags |= 8 }
        if hasOwnPath(task) { flags |= 16 }
        if task.submitted != nil { flags |= 32 }
        if task.started != nil { flags |= 64 }
        if task.ended != nil { flags |= 128 }
        return flags
    }

    private func times(_ column: (_ name: StaticString, _ write: (inout Base64Writer) -> Void) -> Void) {
        column("submitted") { output in
            var last: Int64 = 0
            for task in run.tasks.entries {
                guard let submitted = task.submitted else { continue }
                output.signed(offset(submitted) - last)
                last = offset(submitted)
            }
        }
        column("started") { output in
            var last: Int64 = 0
            for task in run.tasks.entries {
                guard let started = task.started else { continue }
                output.signed(offset(started) - last)
                last = offset(started)
            }
        }
        column("ended") { output in
            for task in run.tasks.entries {
                guard let ended = task.ended else { continue }
                output.signed(offset(ended) - (task.started.map(offset) ?? 0))
            }
        }
    }

    private func order(_ output: inout Base64Writer) {
        output.varint(UInt64(run.startOrder.count))
        var last: Int64 = 0
        for position in run.startOrder {
            output.signed(Int64(position) - last)
            last = Int64(position)
        }
    }

    private func segments(_ output: inout Base64Writer) {
        let tasks = run.suspensions.compactMap { number, suspensions in
            run.tasks.position(of: number).map { (position: $0, segments: suspensions.segments) }
        }.filter { !$0.segments.isEmpty }.sorted { $0.position < $1.position }
        output.varint(UInt64(tasks.count))
        var last = 0
        for task in tasks {
            output.varint(UInt64(task.position - last))
            last = task.position
            output.varint(UInt64(task.segments.count))
            for segment in task.segments {
                let start = offset(segment.start)
                output.varint(UInt64(workerPlaces[segment.worker].map { $0 + 1 } ?? 0))
                output.varint(UInt64(start))
                output.varint(UInt64(max(0, offset(segment.end) - start)))
            }
        }
    }

    /// For each task 0, if it is unknown, or the time on a processor plus 1, and the time ready for one.
    private func timeSplits(_ output: inout Base64Writer) {
        guard run.hasTimeSplits else { return }
        for position in run.tasks.entries.indices {
            guard let split = run.timeSplit(at: position) else {
                output.varint(0)
                continue
            }
            output.varint(min(split.onCPU, Self.maximumValue) + 1)
            output.varint(min(split.ready, Self.maximumValue))
        }
    }

    private func waits(_ output: inout Base64Writer) {
        var last: Int64 = 0
        for wait in run.waits {
            let start = offset(wait.start)
            output.varint(code(wait.task))
            output.varint(code(wait.awaited))
            output.signed(start - last)
            // 0 for one that did not end.
            output.varint(wait.ended.map { UInt64(max(0, offset($0) - start)) + 1 } ?? 0)
            last = start
        }
    }
}
