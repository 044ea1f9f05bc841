/// First in, first out, except for the delays of a schedule: a delayed part waits until another has run.
///
/// When only delayed parts are ready, the one that became ready first runs nevertheless, and the run diverges from the
/// schedule.
public struct DelayedStrategy: FollowingStrategy {
    private let delays: [Schedule.Delay]
    /// By what is delayed: its place in `delays`.
    private let places: [TaskPart: Int]
    private var ready = ReadyHeap()
    /// By place: what is held.
    private var held: [Int: (task: ReadyTask, arrival: UInt64)] = [:]
    private var holding: [TaskPart: [Int]] = [:]
    private var ran: Set<TaskPart> = []
    private let watched: Set<TaskPart>
    // What is put in front has a smaller one than all before.
    private var arrivals = Self.middle
    private var fronts = Self.middle
    private static let middle = UInt64(1) << 32

    /// The first delay that was given up, with what ran: the delayed part itself.
    public private(set) var divergence: Divergence?

    /// Makes a strategy that keeps `delays`.
    public init(delays: [Schedule.Delay]) {
        self.delays = delays
        places = Dictionary(zip(delays.map(\.delayed), delays.indices), uniquingKeysWith: { first, _ in first })
        watched = Set(delays.map(\.until))
    }

    /// How many tasks are ready.
    public var count: Int { ready.count + held.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) {
        if task.isFront { fronts -= 1 } else { arrivals += 1 }
        let arrival = task.isFront ? fronts : arrivals
        guard isDelayed(task.part), let place = places[task.part] else {
            return ready.push(task, key: 0, arrival: arrival)
        }
        held[place] = (task, arrival)
        holding[delays[place].until, default: []].append(place)
    }

    /// Gives out the task that has been ready longest of those that are not held.
    public mutating func next() -> ReadyTask? {
        if ready.isEmpty { giveUpOne() }
        guard let (task, _, _) = ready.pop() else { return nil }
        release(task.part)
        return task
    }

    /// Where only delayed parts are ready, they wait for what comes after a limit: the first that is not delayed.
    public mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? {
        ready.isEmpty ? waits.firstIndex { !isDelayed($0.part) } : nil
    }

    /// Notes that a task ran because another waited for it.
    public mutating func didRun(_ task: UInt64) { release(TaskPart(task: task)) }

    /// Nothing waits for the end of a task.
    public mutating func didEnd(_ task: UInt64) {}

    /// Whether a thread outside the pools may go on: it is not delayed, or nothing else can run.
    public mutating func goesOn(_ part: TaskPart) -> Bool {
        if let place = places[part] {
            guard ran.contains(delays[place].until) || count == 0 else { return false }
        }
        release(part)
        return true
    }

    /// Whether nothing else can go on: then the part counts as run.
    public mutating func passes(_ part: TaskPart, isAlone: Bool) -> Bool {
        guard isAlone else { return false }
        release(part)
        return true
    }

    private func isDelayed(_ part: TaskPart) -> Bool { places[part].map { !ran.contains(delays[$0].until) } ?? false }

    /// A part has run: what waited for it is ready.
    private mutating func release(_ part: TaskPart) {
        guard watched.contains(part) else { return }
        ran.insert(part)
        for place in holding.removeValue(forKey: part) ?? [] {
            guard let (task, arrival) = held.removeValue(forKey: place) else { continue }
            ready.push(task, key: 0, arrival: arrival)
        }
    }

    private mutating func giveUpOne() {
        guard let (place, (task, arrival)) = held.min(by: { $0.value.arrival < $1.value.arrival }) else { return }
        if divergence == nil {
            divergence = Divergence(
                step: place + 1, expected: delays[place].until, chosen: task.part, ready: held.count)
        }
        held[place] = nil
        holding[delays[place].until]?.removeAll { $0 == place }
        ready.push(task, key: 0, arrival: arrival)
    }
}
