internal import CTF
internal import PoolModel

/// Makes typed events from a trace's, with each class's name and fields looked up once.
struct EventDecoder {
    /// The events of the table by their names, each with its fields in the order in which `decode` reads them.
    private enum Kind: String, CaseIterable {
        case process_start, process_end, module, site, name, root, pool_start, pool_end, worker_start, worker_end,
            worker_park
        case worker_unpark, task_submit, task_start, task_end, task_throw, task_error, frame, report, task_cancel,
            wait_start
        case wait_end, step, mark, origin, element_submit, task_suspend
        case task_resume, divergence, call_site

        var fields: [String] {
            switch self {
            case .process_start:
                ["pid", "parent_pid", "mode", "seed", "strategy", "executable", "arguments", "build_id", "processors"]
            case .process_end: ["status"]
            case .module: ["path", "address", "size", "build_id"]
            case .site: ["site", "line", "file", "function"]
            case .name: ["name", "text"]
            case .root: ["task", "path"]
            case .pool_start: ["pool", "workers", "name"]
            case .pool_end: ["pool"]
            case .worker_start: ["pool", "worker", "number", "thread"]
            case .worker_end, .worker_park, .worker_unpark: ["worker"]
            case .task_submit: ["task", "parent", "ordinal", "origin"]
            case .task_start, .task_suspend, .task_resume: ["task", "worker"]
            case .task_end: ["task", "outcome"]
            case .task_throw: ["task"]
            case .task_error:
                [
                    "task", "number", "same_before", "start_ns", "wait_ns", "run_ns", "pool", "worker", "site", "name",
                    "path",
                    "input", "type", "message", "beside", "ancestor_sites", "ancestor_names", "frames",
                ]
            case .frame: ["address", "depth", "function", "file", "line"]
            case .report: ["number", "same"]
            case .task_cancel: ["task", "by"]
            case .wait_start, .wait_end: ["task", "awaited"]
            case .step: ["task", "ready", "arrival"]
            case .mark: ["task", "text"]
            case .origin: ["origin", "pool", "site", "name"]
            case .element_submit: ["task", "parent", "index", "origin"]
            case .divergence: ["place", "expected", "chosen", "ready"]
            case .call_site: ["site", "frames"]
            }
        }
    }

    /// What the trace calls the events of the table.
    private static let prefix = "pooltrace:"
    /// Each class's positions take so many places in `positions`.
    private static let stride = 18

    /// By class; nil for events that are none of ours.
    private let kinds: [Kind?]
    private let positions: [Int]

    init(_ classes: [EventClass]) {
        kinds = classes.map { eventClass in
            eventClass.name.hasPrefix(Self.prefix)
                ? Kind(rawValue: String(eventClass.name.dropFirst(Self.prefix.count))) : nil
        }
        positions = zip(classes, kinds).flatMap { eventClass, kind in
            // A field that an older version did not have is asked for at a position that no event has, and reads as
            // nothing.
            let known = (kind?.fields ?? []).map { eventClass.fieldIndex(named: $0) ?? -1 }
            return known + Array(repeating: -1, count: Self.stride - known.count)
        }
    }

    /// The event as a value; nil if it is none of ours.
    @inline(__always)
    func decode(_ event: Event) -> PoolEvent? {
        let index = event.classIndex
        guard let kind = kinds[index] else { return nil }
        let payload = event.payload
        let base = index &* Self.stride
        switch kind {
        case .task_submit:
            return .taskSubmit(
                PoolEvent.TaskSubmit(
                    task: payload.unsigned(positions[base]), parent: payload.unsigned(positions[base + 1]),
                    ordinal: u32(payload, base + 2), origin: u32(payload, base + 3)))
        case .element_submit:
            return .taskSubmit(
                PoolEvent.TaskSubmit(
                    task: payload.unsigned(positions[base]), parent: payload.unsigned(positions[base + 1]),
                    index: payload.unsigned(positions[base + 2]), origin: u32(payload, base + 3)))
        case .task_start: return .taskStart(task: payload.unsigned(positions[base]), worker: u32(payload, base + 1))
        case .task_end:
            return .taskEnd(
                task: payload.unsigned(positions[base]),
                outcome: UInt8(truncatingIfNeeded: payload.unsigned(positions[base + 1])))
        case .task_suspend: return .taskSuspend(task: payload.unsigned(positions[base]), worker: u32(payload, base + 1))
        case .task_resume: return .taskResume(task: payload.unsigned(positions[base]), worker: u32(payload, base + 1))
        case .worker_park: return .workerPark(worker: u32(payload, base))
        case .worker_unpark: return .workerUnpark(worker: u32(payload, base))
        case .step:
            return .step(
                task: payload.unsigned(positions[base]), ready: u32(payload, base + 1), arrival: u64(payload, base + 2))
        default: return decodeRare(kind, payload, base)
        }
    }
}

// MARK: - The rare ones

extension EventDecoder {
    @inline(never)
    private func decodeRare(_ kind: Kind, _ payload: EventFields, _ base: Int) -> PoolEvent? {
        switch kind {
        case .process_start:
            .processStart(
                PoolEvent.ProcessStart(
                    pid: u32(payload, base), parentPID: u32(payload, base + 1), isSerial: u64(payload, base + 2) == 1,
                    seed: u64(payload, base + 3), strategy: text(payload, base + 4),
                    executable: text(payload, base + 5),
                    arguments: text(payload, base + 6), buildID: text(payload, base + 7),
                    processors: u32(payload, base + 8)))
        case .process_end: .processEnd(status: Int32(truncatingIfNeeded: payload.signed(positions[base])))
        case .module:
            .module(
                PoolEvent.Module(
                    path: text(payload, base), address: u64(payload, base + 1), size: u64(payload, base + 2),
                    buildID: text(payload, base + 3)))
        case .call_site:
            .callSite(number: u32(payload, base), callers: Array(payload.sequence(positions[base + 1])))
        case .site:
            .site(
                number: u32(payload, base),
                Site(file: text(payload, base + 2), line: u32(payload, base + 1), function: text(payload, base + 3)))
        case .name: .name(number: u32(payload, base), text: text(payload, base + 1))
        case .root: .root(task: u64(payload, base), path: text(payload, base + 1))
        case .pool_start:
            .poolStart(
                PoolEvent.PoolStart(
                    pool: u32(payload, base), workers: u32(payload, base + 1), name: text(payload, base + 2)))
        case .pool_end: .poolEnd(pool: u32(payload, base))
        case .worker_start:
            .workerStart(
                PoolEvent.WorkerStart(
                    pool: u32(payload, base), worker: u32(payload, base + 1), number: u32(payload, base + 2),
                    thread: u32(payload, base + 3)))
        case .worker_end: .workerEnd(worker: u32(payload, base))
        case .task_throw: .taskThrow(task: u64(payload, base))
        case .task_error: .taskError(taskError(payload, base))
        case .frame:
            .frame(
                PoolEvent.FrameDefinition(
                    address: u64(payload, base), depth: u32(payload, base + 1),
                    frame: Failure.Frame(
                        function: text(payload, base + 2), file: text(payload, base + 3), line: u32(payload, base + 4)))
            )
        case .report: .report(number: u64(payload, base), same: u64(payload, base + 1))
        case .task_cancel: .taskCancel(task: u64(payload, base), by: u64(payload, base + 1))
        case .wait_start: .waitStart(task: u64(payload, base), awaited: u64(payload, base + 1))
        case .wait_end: .waitEnd(task: u64(payload, base), awaited: u64(payload, base + 1))
        case .mark: .mark(task: u64(payload, base), text: text(payload, base + 1))
        case .origin:
            .origin(
                PoolEvent.Origin(
                    origin: u32(payload, base), pool: u32(payload, base + 1), site: u32(payload, base + 2),
                    name: u32(payload, base + 3)))
        case .divergence:
            .divergence(
                place: u64(payload, base), expected: u64(payload, base + 1), chosen: u64(payload, base + 2),
                ready: u32(payload, base + 3))
        case .task_submit, .element_submit, .task_start, .task_end, .task_suspend, .task_resume, .worker_park,
            .worker_unpark, .step:
            nil
        }
    }

    private func taskError(_ payload: EventFields, _ base: Int) -> TaskError {
        TaskError(
            task: u64(payload, base), number: u64(payload, base + 1), sameBefore: u64(payload, base + 2),
            start: u64(payload, base + 3), queueWait: u64(payload, base + 4), runTime: u64(payload, base + 5),
            pool: u32(payload, base + 6), worker: u32(payload, base + 7), site: u32(payload, base + 8),
            name: u32(payload, base + 9), path: text(payload, base + 10), input: text(payload, base + 11),
            type: text(payload, base + 12), message: text(payload, base + 13), beside: text(payload, base + 14),
            ancestorSites: Array(payload.sequence(positions[base + 15])),
            ancestorNames: Array(payload.sequence(positions[base + 16])),
            frames: Array(payload.sequence(positions[base + 17])))
    }

    private func u64(_ payload: EventFields, _ place: Int) -> UInt64 { payload.unsigned(positions[place]) }

    private func u32(_ payload: EventFields, _ place: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: payload.unsigned(positions[place]))
    }

    /// Bytes that are not UTF-8 come from a damaged trace, and are shown as such.
    private func text(_ payload: EventFields, _ place: Int) -> String {
        let bytes = payload.bytes(positions[place])
        return String(validating: bytes, as: UTF8.self) ?? TerminalText.escape(utf8: bytes)
    }
}
