internal import PoolModel

extension Run {
    /// The tasks that spun or were blocked, without a decision point, as a serial run ended: a sentence each.
    public var overdue: [String] { sentences(on: [.spinning, .blocked]) { isRunning($0) } }

    /// The tasks that ran without a decision point for so long that others went on beside them, a sentence each.
    public var spinsBesideOthers: [String] {
        let spilled = Set(marks.filter { $0.kind == .spilled }.map(\.task))
        return sentences(on: [.spinning]) { spilled.contains($0.number) }
    }

    /// Why there was no more room for the trace, as the run noted it: `no more room for the trace: No space left on
    /// device`; nil: there was room.
    public var roomProblem: String? { marks.first { $0.kind == .noRoom }?.text }

    /// The last mark of these kinds of each task.
    private func sentences(on kinds: Set<MarkKind>, of isWanted: (TaskEntry) -> Bool) -> [String] {
        var last: [UInt64: Mark] = [:]
        for mark in marks where kinds.contains(mark.kind) { last[mark.task] = mark }
        return last.values.sorted { $0.time < $1.time }.compactMap { mark in
            guard let task = tasks.position(of: mark.task).map({ tasks.entries[$0] }), isWanted(task) else {
                return nil
            }
            let site = site(of: task).map { ", submitted at \($0)," } ?? ""
            return "\(path(of: task))\(site) \(mark.text)"
        }
    }
}
