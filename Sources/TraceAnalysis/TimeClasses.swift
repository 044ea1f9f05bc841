/// How many tasks waited and ran how long, in classes that grow by 1, 2 and 5 times powers of ten: a histogram.
public struct TimeClasses: Sendable {
    /// The upper ends of the classes, in nanoseconds; of the last, the largest number.
    public static let ends: [UInt64] = {
        var ends: [UInt64] = []
        var power: UInt64 = 100
        while power <= 1_000_000_000_000 {
            ends += [power, 2 * power, 5 * power]
            power *= 10
        }
        return ends + [UInt64.max]
    }()

    /// How many tasks waited in the queue so long, for each class.
    public private(set) var wait = [Int](repeating: 0, count: TimeClasses.ends.count)
    /// How many tasks ran so long.
    public private(set) var run = [Int](repeating: 0, count: TimeClasses.ends.count)

    /// Those of all tasks of a run that started, and behind them those of each group.
    public static func of(_ run: Run, groups: [TaskTimes]) -> [TimeClasses] {
        var classes = Array(repeating: TimeClasses(), count: groups.count + 1)
        let places = Dictionary(
            groups.enumerated().map { ($1.group, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        let (unnamed, others) = (places[.unnamed], places[.others])
        var last: (name: UInt32, site: UInt32, place: Int?)?
        for task in run.tasks.entries where task.isShown && task.started != nil {
            if last?.name != task.name || last?.site != task.site {
                let place =
                    run.name(of: task).flatMap { places[.name($0)] } ?? run.site(of: task).flatMap { places[.site($0)] }
                let isUnnamed = run.name(of: task) == nil && run.site(of: task) == nil
                last = (task.name, task.site, place ?? (isUnnamed ? unnamed : others))
            }
            let wait = task.queueWait.map(Self.place)
            let time = run.runTime(of: task).map(Self.place)
            classes[0].add(wait, time)
            if let place = last?.place { classes[place].add(wait, time) }
        }
        return classes
    }

    private mutating func add(_ wait: Int?, _ time: Int?) {
        if let wait { self.wait[wait] += 1 }
        if let time { run[time] += 1 }
    }

    private static func place(_ time: UInt64) -> Int {
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if time < ends[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
