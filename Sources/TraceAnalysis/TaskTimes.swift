public import PoolModel

/// How long the tasks of one name waited and ran; tasks without a name are taken together by the site of their
/// submission.
public struct TaskTimes: Sendable, Equatable {
    /// Percentiles of one duration, in nanoseconds, to three digits; the longest is exact.
    public struct Percentiles: Sendable, Equatable {
        /// How many tasks it was known of.
        public let count: UInt64
        /// Half of them took at most this.
        public let p50: UInt64
        /// Nine in ten took at most this.
        public let p90: UInt64
        /// 99 in a hundred took at most this.
        public let p99: UInt64
        /// The longest.
        public let max: UInt64
    }

    /// What the tasks have in common.
    public enum Group: Sendable, Hashable {
        /// Their name.
        case name(String)
        /// The site of their submission.
        case site(Site)
        /// Nothing that the trace tells: neither a name nor a site.
        case unnamed
        /// Nothing: there are too many groups for each to have one of its own.
        case others

        /// What views call the group.
        public var title: String {
            switch self {
            case .name(let name): name
            case .site(let site): site.description
            case .unnamed: Run.unnamed
            case .others: "other names"
            }
        }
    }

    /// What the tasks have in common.
    public let group: Group
    /// How many there are.
    public let count: Int
    /// The time that they ran, all together, in nanoseconds.
    public let totalRunTime: UInt64
    /// From submission to start.
    public let queueWait: Percentiles?
    /// From start to end.
    public let runTime: Percentiles?
    /// From submission to end.
    public let turnaround: Percentiles?

    /// More groups than this are taken together: a histogram takes memory, and nobody reads so many.
    static let maximumGroups = 500

    /// The times of a run's tasks, those first that took most time together.
    public static func of(_ run: Run, filter: TaskFilter.Bound) -> [TaskTimes] {
        var groups: [Key: Int] = [:]
        var accounts: [Account] = []
        var last: (key: Key, position: Int)?
        for task in run.tasks.entries where task.isShown && task.started != nil && filter.matches(task) {
            let key = Key(name: task.name, site: task.name == 0 ? task.site : 0)
            if last?.key != key { last = (key, position(of: key, in: run, &groups, &accounts)) }
            guard let position = last?.position else { continue }
            accounts[position].add(task, runTime: run.runTime(of: task))
        }
        return accounts.map { $0.times(of: run) }.sorted { ($0.totalRunTime, $0.count) > ($1.totalRunTime, $1.count) }
    }

    /// What the trace does not define goes to one account, and what comes after the most groups to another.
    private static func position(
        of key: Key, in run: Run, _ groups: inout [Key: Int], _ accounts: inout [Account]
    ) -> Int {
        if let known = groups[key] { return known }
        let isDefined = key.name != 0 ? run.name(key.name) != nil : run.site(key.site) != nil
        let kept = !isDefined ? Key(name: 0, site: 0) : accounts.count < maximumGroups ? key : others
        let position = groups[kept] ?? accounts.count
        if position == accounts.count { accounts.append(Account(key: kept)) }
        groups[kept] = position
        // So many are remembered, not as many as a damaged trace may name.
        if groups.count < 100 * maximumGroups { groups[key] = position }
        return position
    }

    private static let others = Key(name: .max, site: .max)

    private struct Key: Hashable {
        let name: UInt32
        let site: UInt32
    }

    private struct Account {
        let key: Key
        var count = 0
        var total: UInt64 = 0
        var queueWait = Durations()
        var runTime = Durations()
        var turnaround = Durations()

        init(key: Key) { self.key = key }

        mutating func add(_ task: TaskEntry, runTime time: UInt64?) {
            count += 1
            total &+= time ?? 0
            queueWait.add(task.queueWait)
            runTime.add(time)
            turnaround.add(task.turnaround)
        }

        func times(of run: Run) -> TaskTimes {
            let group: Group =
                if let name = run.name(key.name), key.name != 0 {
                    .name(name)
                } else if let site = run.site(key.site), key.site != 0 {
                    .site(site)
                } else {
                    key == TaskTimes.others ? .others : .unnamed
                }
            return TaskTimes(
                group: group, count: count, totalRunTime: total, queueWait: queueWait.percentiles,
                runTime: runTime.percentiles, turnaround: turnaround.percentiles)
        }
    }
}
