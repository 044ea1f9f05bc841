internal import PoolModel

/// How two runs of a program differ: their tasks aligned by who they are.
///
/// A task is the same in both if its path is, which its number is made of, and its name and the function that submitted
/// it are. So a task whose line moved is the same, and one that another was put in front of is not.
public struct RunDifference: Sendable {
    /// A way in which runs may differ.
    public enum Aspect: String, Sendable, CaseIterable {
        /// Tasks that only one of them has.
        case tasks
        /// The order in which tasks started.
        case order
        /// What became of tasks that both have.
        case outcomes
        /// How long tasks ran, by name.
        case times
    }

    /// A task that both have, by its positions.
    public struct Pair: Sendable, Equatable {
        /// In the first run.
        public let left: UInt32
        /// In the second run.
        public let right: UInt32
    }

    /// Where the orders of the starts part.
    public struct Divergence: Sendable, Equatable {
        /// How many starts before are alike.
        public let alike: Int
        /// The position of the task that the first run starts there; `nil` at its end.
        public let left: UInt32?
        /// The position of the task that the second run starts there; `nil` at its end.
        public let right: UInt32?
    }

    /// The first run.
    public let left: Run
    /// The second run.
    public let right: Run
    /// How many tasks both have.
    public let common: Int
    /// Tasks of the first run alone, by their positions.
    public let onlyLeft: [UInt32]
    /// Tasks of the second run alone, by their positions.
    public let onlyRight: [UInt32]
    /// Tasks of both of which something else became: another outcome, or another type of error.
    public let outcomes: [Pair]
    /// Where the orders of the starts part; `nil` if they are the same.
    public let divergence: Divergence?
    /// How long the tasks of each name ran; empty where only one of the runs is a serial one, whose times mean
    /// something else.
    public let times: [TimeComparison]
    /// Whether times can be compared at all: both runs are parallel, or both serial.
    public let comparesTimes: Bool

    /// Compares two runs.
    public init(_ left: Run, _ right: Run) {
        self.left = left
        self.right = right
        let matching = Matching(left, right)
        var (onlyLeft, outcomes): ([UInt32], [Pair]) = ([], [])
        var taken = ContiguousArray(repeating: false, count: right.tasks.entries.count)
        var common = 0
        let details = (TaskDetails(left), TaskDetails(right))
        for (place, task) in left.tasks.entries.enumerated() where task.isShown {
            let position = UInt32(truncatingIfNeeded: place)
            guard let other = matching.partner(of: task) else {
                onlyLeft.append(position)
                continue
            }
            taken[Int(other)] = true
            common += 1
            let (state, otherState) = (left.state(of: task), right.state(of: right.tasks.entries[Int(other)]))
            if state == .overwritten || otherState == .overwritten { continue }
            let isSameError =
                state != .failed
                || details.0.errorType(of: task) == details.1.errorType(of: right.tasks.entries[Int(other)])
            if state != otherState || !isSameError { outcomes.append(Pair(left: position, right: other)) }
        }
        self.common = common
        self.onlyLeft = onlyLeft
        self.outcomes = outcomes
        onlyRight = right.tasks.entries.enumerated().compactMap { place, task in
            task.isShown && !taken[place] ? UInt32(truncatingIfNeeded: place) : nil
        }
        divergence = Self.divergence(left, right)
        comparesTimes = (left.process?.isSerial ?? false) == (right.process?.isSerial ?? false)
        times = comparesTimes ? TimeComparison.all(left, right) : []
    }

    /// In what the runs differ.
    public var aspects: Set<Aspect> {
        var aspects: Set<Aspect> = []
        if !onlyLeft.isEmpty || !onlyRight.isEmpty { aspects.insert(.tasks) }
        if divergence != nil { aspects.insert(.order) }
        if !outcomes.isEmpty { aspects.insert(.outcomes) }
        if times.contains(where: { $0.verdict == .slower || $0.verdict == .faster }) { aspects.insert(.times) }
        return aspects
    }

    private static func divergence(_ left: Run, _ right: Run) -> Divergence? {
        let (starts, others) = (left.startOrder, right.startOrder)
        let alike = zip(starts, others).prefix { mine, other in
            left.tasks.entries[Int(mine)].number == right.tasks.entries[Int(other)].number
        }.count
        guard alike < max(starts.count, others.count) else { return nil }
        return Divergence(
            alike: alike, left: alike < starts.count ? starts[alike] : nil,
            right: alike < others.count ? others[alike] : nil)
    }
}

// MARK: - Who is who

/// Finds the tasks of one run in another.
private struct Matching {
    private let left: Run
    private let right: Run

    init(_ left: Run, _ right: Run) {
        self.left = left
        self.right = right
    }

    func partner(of task: TaskEntry) -> UInt32? {
        guard let position = right.tasks.position(of: task.number) else { return nil }
        let other = right.tasks.entries[position]
        guard other.isShown, left.name(of: task) == right.name(of: other), isSameSite(task, other) else {
            return nil
        }
        return UInt32(truncatingIfNeeded: position)
    }

    /// Where one of the traces does not have the site, the path and the name say enough.
    private func isSameSite(_ task: TaskEntry, _ other: TaskEntry) -> Bool {
        guard let mine = left.site(of: task), let site = right.site(of: other) else { return true }
        return mine.file == site.file && mine.function == site.function
    }
}
