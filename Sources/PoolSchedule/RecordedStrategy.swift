/// Runs tasks in a recorded order: of those that are ready, the one that comes first in it.
///
/// A step whose task is not ready, and has not run either, is a divergence: the next that is ready runs, and the other
/// as soon as it can. What the record does not know comes after everything that it does, first in, first out; but the
/// rest of a part that is put in front comes before. A thread outside the pools goes on after a wait at its place;
/// where it does not come there, that is no divergence.
public struct RecordedStrategy: FollowingStrategy {
    private static let next: UInt64 = 0
    private static let unknown = UInt64.max
    private static func key(_ place: Int) -> UInt64 { UInt64(place) + 1 }
    private static func place(_ key: UInt64) -> Int? { key == next || key == unknown ? nil : Int(key - 1) }

    private let steps: [TaskPart]
    private let places: [TaskPart: Int]
    private let threads: Set<UInt64>
    private let staysAfterDivergence: Bool
    private var hasRun: [Bool]
    /// The first step that has not run.
    private var expected = 0
    private var ready = ReadyHeap()
    // What is put in front has a smaller one than all before.
    private var arrivals = UInt64(1) << 32
    private var fronts = UInt64(1) << 32
    private var hasLeft = false

    /// Where the run first left the order.
    public private(set) var divergence: Divergence?

    /// Makes a strategy that follows `steps`.
    ///
    /// - Parameters:
    ///   - threads: The numbers of those that are no tasks, but threads outside the pools.
    ///   - staysAfterDivergence: Whether it goes on by the record after the first divergence; otherwise first in, first
    ///     out.
    public init(steps: [TaskPart], threads: Set<UInt64> = [], staysAfterDivergence: Bool = true) {
        self.steps = steps
        self.threads = threads
        self.staysAfterDivergence = staysAfterDivergence
        places = Dictionary(zip(steps, steps.indices), uniquingKeysWith: { first, _ in first })
        hasRun = Array(repeating: false, count: steps.count)
        skipWhatRan()
    }

    /// How many tasks are ready.
    public var count: Int { ready.count }

    /// Takes in a task that has become ready.
    public mutating func add(_ task: ReadyTask) {
        if task.isFront { fronts -= 1 } else { arrivals += 1 }
        let place = hasLeft ? nil : places[task.part]
        let isNext = task.isFront && task.part.isRest
        ready.push(
            task, key: place.map(Self.key) ?? (isNext ? Self.next : Self.unknown),
            arrival: task.isFront ? fronts : arrivals)
    }

    /// Gives out the ready task that comes first in the record.
    public mutating func next() -> ReadyTask? {
        guard let (task, key, _) = ready.pop() else { return nil }
        guard !hasLeft, let place = places[task.part] else {
            if !hasLeft, !task.part.isRest { diverge(to: task) }
            return task
        }
        // Only its ticket was left: somebody who waited for it ran it.
        guard !hasRun[place], key != Self.unknown else { return task }
        hasRun[place] = true
        if place != expected { diverge(to: task) }
        skipWhatRan()
        return task
    }

    /// The wait whose task comes next in the record.
    public mutating func limitToEnd(_ waits: [LimitedWait]) -> Int? {
        guard !hasLeft, expected < steps.count else { return nil }
        return waits.firstIndex { $0.part == steps[expected] }
    }

    /// Notes that a task ran because another waited for it.
    public mutating func didRun(_ task: UInt64) {
        guard let place = places[TaskPart(task: task)], !hasRun[place] else { return }
        hasRun[place] = true
        skipWhatRan()
    }

    /// Notes that a task has ended: what the record has of it beyond that is not to come.
    public mutating func didEnd(_ task: UInt64) {
        var part = TaskPart(task: task)
        while let place = places[part] {
            hasRun[place] = true
            part = TaskPart(task: task, segment: part.segment + 1)
        }
        skipWhatRan()
    }

    /// Whether a part may run now: nothing that is ready has its place before.
    public mutating func goesOn(_ part: TaskPart) -> Bool {
        guard !hasLeft, let place = places[part], !hasRun[place] else { return true }
        // Of what somebody who waited for it ran, only its ticket is left.
        let least = ready.leastKey { key in Self.place(key).map { !hasRun[$0] } ?? true }
        if let least, least < Self.key(place) { return false }
        hasRun[place] = true
        skipWhatRan()
        return true
    }

    /// Whether the record has no step for a part.
    public mutating func passes(_ part: TaskPart, isAlone: Bool) -> Bool {
        hasLeft || places[part].map { hasRun[$0] } ?? true
    }

    private mutating func skipWhatRan() {
        while expected < steps.count, hasRun[expected] || threads.contains(steps[expected].task) { expected += 1 }
    }

    private mutating func diverge(to task: ReadyTask) {
        guard expected < steps.count else { return }
        if divergence == nil {
            divergence = Divergence(
                step: expected + 1, expected: steps[expected], chosen: task.part, ready: ready.count + 1)
        }
        guard !staysAfterDivergence else { return }
        hasLeft = true
        var rest = ReadyHeap()
        while let (task, _, arrival) = ready.pop() { rest.push(task, key: Self.unknown, arrival: arrival) }
        ready = rest
    }
}
