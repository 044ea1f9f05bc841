internal import PoolModel

// MARK: - Paths

extension Run {
    /// No program nests deeper; a damaged trace may go round in circles.
    private static let maximumDepth = 1000

    /// A task's path, from its parents as far as the trace knows them.
    ///
    /// Where a parent's submission is not in the trace the path begins with that parent's number, `#1f03...`.
    public func path(of task: TaskEntry) -> String {
        var steps: [String] = []
        var number = task.number
        var entry: TaskEntry? = task
        while steps.count < Self.maximumDepth {
            if let root = knownPath(number) { return joined(root, steps) }
            guard let current = entry, current.submitted != nil || current.ordinal > 0 || current.isElement else {
                break
            }
            steps.append(step(of: current))
            number = current.parent
            entry = tasks.position(of: number).map { tasks.entries[$0] }
        }
        return joined(Self.numberText(number), steps)
    }

    /// The path of a task by its number, as `path(of:)`.
    public func path(ofTask number: UInt64) -> String {
        guard let position = tasks.position(of: number) else { return knownPath(number) ?? Self.numberText(number) }
        return path(of: tasks.entries[position])
    }

    /// Whether a number is no task's, but that of a thread outside the pools.
    public func isThread(_ number: UInt64) -> Bool { tasks.position(of: number) == nil && knownPath(number) != nil }

    /// The last step of a task's path.
    func step(of task: TaskEntry) -> String { task.isElement ? "[\(task.index)]" : ".\(task.ordinal)" }

    /// Whether its path is not its parent's and a step: the trace tells it as text, or nothing of its submission.
    func isNamedByTrace(_ task: TaskEntry) -> Bool {
        task.submitted == nil && task.ordinal == 0 && !task.isElement || knownPath(task.number) != nil
    }

    private func knownPath(_ number: UInt64) -> String? {
        if let path = knownPaths[number] { return path }
        return number == Self.mainNumber ? TaskPath.main.description : nil
    }

    private static let mainNumber = TaskPath.main.id

    private static func numberText(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "#" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func joined(_ root: String, _ steps: [String]) -> String { root + steps.reversed().joined() }
}
