/// How long the tasks of one name ran in two runs.
public struct TimeComparison: Sendable {
    /// What can be said of them.
    public enum Verdict: String, Sendable {
        /// They took longer in the second run.
        case slower
        /// They took less time in the second run.
        case faster
        /// Neither: what difference there is may be chance, or is small.
        case alike
        /// There are too few tasks to tell.
        case tooFew = "too few"
    }

    /// What the tasks have in common.
    public let group: TaskTimes.Group
    /// How many ended in the first and in the second run.
    public let counts: (left: Int, right: Int)
    /// Half of them ran for at most so long, in nanoseconds; 0 where there are none.
    public let medians: (left: UInt64, right: UInt64)
    /// How probable so large a difference is by chance, with Holm's correction for all names; `nil` for too few tasks.
    public internal(set) var p: Double?
    /// How probable it is that a task of the second run ran longer than one of the first, from 0 to 1; `nil` for too
    /// few tasks.
    public let superiority: Double?

    /// A difference by chance is called one in one of a hundred comparisons of equal runs.
    public static let significance = 0.01
    /// Medians that are closer are called alike, however many tasks there are: two runs of one program differ by as
    /// much.
    public static let minimumChange = 0.1
    /// And so are samples of which the one is larger in fewer pairs than this and a half: a small effect begins there
    /// (Romano 2006).
    public static let minimumEffect = 0.0735

    /// What can be said of them.
    public var verdict: Verdict {
        guard let p, let superiority else { return .tooFew }
        let (left, right) = (Double(medians.left), Double(medians.right))
        guard p < Self.significance, abs(superiority - 0.5) >= Self.minimumEffect,
            abs(right - left) >= Self.minimumChange * left
        else { return .alike }
        // Where most pairs say one thing and the medians the other, the times are spread otherwise: neither is longer.
        guard (superiority > 0.5) == (right > left) else { return .alike }
        return superiority > 0.5 ? .slower : .faster
    }

    /// Compares the tasks of two runs by their names, those first that took most time.
    static func all(_ left: Run, _ right: Run) -> [TimeComparison] {
        let kept = kept(left, right)
        let samples = (samples(left, kept), samples(right, kept))
        var groups = Array(Set(samples.0.keys).union(samples.1.keys))
        let totals = Dictionary(
            uniqueKeysWithValues: groups.map { group in
                (group, (samples.0[group] ?? []).reduce(0, &+) &+ (samples.1[group] ?? []).reduce(0, &+))
            })
        groups.sort { (totals[$0] ?? 0, "\($0)") > (totals[$1] ?? 0, "\($1)") }
        var comparisons = groups.map { group in
            let (left, right) = (samples.0[group] ?? [], samples.1[group] ?? [])
            let test = MannWhitney(left, right)
            return TimeComparison(
                group: group, counts: (left.count, right.count), medians: (median(left), median(right)), p: test?.p,
                superiority: test?.superiority)
        }
        let tested = comparisons.indices.filter { comparisons[$0].p != nil }
        for (place, p) in zip(tested, MannWhitney.holm(tested.compactMap { comparisons[$0].p })) {
            comparisons[place].p = p
        }
        return comparisons
    }

    private static func median(_ sorted: [UInt64]) -> UInt64 { sorted.isEmpty ? 0 : sorted[(sorted.count - 1) / 2] }

    /// The names that are compared, the same for both runs: what is left of each is compared too.
    private static func kept(_ left: Run, _ right: Run) -> Set<TaskTimes.Group> {
        var kept: Set<TaskTimes.Group> = []
        for run in [left, right] {
            var groups = NameGroups(run)
            for task in run.tasks.entries where task.isShown && task.ended != nil {
                if kept.count == TaskTimes.maximumGroups { return kept }
                kept.insert(groups.group(of: task))
            }
        }
        return kept
    }

    /// The run times by name, sorted.
    private static func samples(_ run: Run, _ kept: Set<TaskTimes.Group>) -> [TaskTimes.Group: [UInt64]] {
        var samples: [TaskTimes.Group: [UInt64]] = [:]
        var groups = NameGroups(run)
        for task in run.tasks.entries where task.isShown && task.ended != nil {
            guard let time = run.runTime(of: task) else { continue }
            let group = groups.group(of: task)
            samples[kept.contains(group) ? group : .others, default: []].append(time)
        }
        return samples.mapValues { $0.sorted() }
    }
}
