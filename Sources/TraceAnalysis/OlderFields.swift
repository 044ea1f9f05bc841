internal import CTF
internal import PoolModel

/// What traces of the format's versions 1 and 2 have in place of fields of today: texts, which only this reads.
///
/// What a process of these versions wrote does not change any more, so its sentences are as good as numbers.
struct OlderFields {
    /// By class: where it has what ran beside a failed task as a text.
    private let besidePositions: [Int]

    init(_ classes: [EventClass]) { besidePositions = classes.map { $0.fieldIndex(named: "beside") ?? -1 } }

    /// What ran beside a failed task: a line for each, `WORKER NANOSECONDS NAME PATH`.
    func neighbours(_ payload: EventFields, of classIndex: Int) -> [TaskError.Neighbour] {
        Self.neighbours(payload.string(besidePositions[classIndex]))
    }

    /// Reads the lines; one that is something else is left out.
    static func neighbours(_ text: String) -> [TaskError.Neighbour] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, let worker = UInt32(words[0]), let running = UInt64(words[1]),
                let name = UInt32(words[2])
            else { return nil }
            return TaskError.Neighbour(worker: worker, name: name, running: running, path: String(words[3]))
        }
    }

    /// What a mark is about; in these versions every mark is the run's own.
    static func kind(ofMark text: String) -> MarkKind {
        if text.hasPrefix("lost: ") { return .lost }
        if text.hasPrefix("spilled: ") { return .spilled }
        if text.hasPrefix("runs for longer than ") { return .stalled }
        if text.hasPrefix("nobody waited for the ready tasks ") { return .takeover }
        return text.contains("not controlled") ? .uncontrolled : .user
    }
}
