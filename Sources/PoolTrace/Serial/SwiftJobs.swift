/// What serial mode keeps of the jobs of Swift's runtime, besides those that are ready.
struct SwiftJobs {
    /// A task that sleeps.
    struct Sleeper {
        let job: UnownedJob
        /// When it goes on, on the virtual clock.
        let due: Int64
    }

    /// The virtual clock, in nanoseconds: it moves on once nothing is ready.
    private(set) var now: Int64 = 0
    /// The next to go on last; of those that are due together, the first to have slept.
    private var sleepers: [Sleeper] = []
    /// What makes tasks ready that have yielded in the segment that runs.
    var yielded: [UnownedJob] = []
    /// How many segments have yielded since a sleeper went on.
    var yields = 0
    /// Whether what is queued comes from a task that has yielded.
    var isYield = false
    /// Jobs of the main actor that were chosen while its thread was in the middle of something.
    var held: [ReadyJobs.Next] = []
    /// Tasks that wait for something which a step brings about.
    var waiting: [(isEnough: @Sendable () -> Bool, continuation: UnsafeContinuation<Void, Never>)] = []
    /// Whether the executor of an async main is at work, and looks for what to run, or waits for something to be ready.
    var choosesForMain = false
    var isMainIdle = false

    /// How long the next sleeper has to go.
    var nextDelay: Duration? { sleepers.last.map { .nanoseconds($0.due - now) } }

    /// - Parameter slack: How much more than `delay` the program may have asked for, in nanoseconds.
    mutating func sleep(_ job: UnownedJob, for delay: Duration, within slack: Int64) {
        let due = now.addingReportingOverflow(Self.simplest(from: delay.nanoseconds, within: slack))
        let sleeper = Sleeper(job: job, due: due.overflow ? .max : due.partialValue)
        let place = sleepers.firstIndex { $0.due <= sleeper.due } ?? sleepers.count
        sleepers.insert(sleeper, at: place)
    }

    /// Goes on to the time of the next sleeper; all that are due then.
    mutating func wakeNext() -> [UnownedJob] {
        guard let next = sleepers.last else { return [] }
        now = max(now, next.due)
        yields = 0
        var woken: [UnownedJob] = []
        while let sleeper = sleepers.last, sleeper.due <= now { woken.append(sleepers.removeLast().job) }
        return woken
    }

    /// Lets some nanoseconds pass, but not the time at which the next sleeper goes on; whether that has come.
    mutating func letTimePass(by nanoseconds: Int64) -> Bool {
        guard let next = sleepers.last else { return false }
        now = min(next.due, now &+ nanoseconds)
        return now == next.due
    }

    /// Whether a chosen job is one of the main actor's that its thread has not chosen itself: then it is put aside.
    mutating func holdsBack(_ next: ReadyJobs.Next) -> Bool {
        let isMains = choosesForMain
        choosesForMain = false
        guard !isMains, case .job(let job, _) = next.work, job.kind == .segment,
            SegmentPlace(bits: job.index) == .main
        else { return false }
        held.append(next)
        return true
    }

    /// A step has ended: what makes tasks ready that have yielded in it, and those that wait for what it has brought
    /// about.
    mutating func takeWaiting() -> (yielded: [UnownedJob], resumed: [UnsafeContinuation<Void, Never>]) {
        var resumed: [UnsafeContinuation<Void, Never>] = []
        if !waiting.isEmpty {
            waiting.removeAll { task in
                guard task.isEnough() else { return false }
                resumed.append(task.continuation)
                return true
            }
        }
        guard !yielded.isEmpty else { return ([], resumed) }
        defer { yielded = [] }
        yields += 1
        isYield = true
        return (yielded, resumed)
    }

    /// A delay as the program meant it: the simplest one that it can have been.
    ///
    /// Swift says when a sleep ends by a clock that has gone on since the program said for how long: some microseconds
    /// are missing, or milliseconds where the thread had to wait for a processor, and never the same number. But no
    /// more than the segment has taken so far. Unrounded, two sleeps of equal length would end in either order.
    private static func simplest(from delay: Int64, within slack: Int64) -> Int64 {
        // It may be over by now.
        let shortest = max(delay, 1)
        let (longest, isEndless) = delay.addingReportingOverflow(slack)
        guard isEndless || longest >= shortest else { return 0 }
        var unit: Int64 = 1_000_000_000_000_000_000
        while unit > 1 {
            let (next, overflow) = shortest.addingReportingOverflow(unit - 1)
            let rounded = next / unit * unit
            if !overflow, isEndless || rounded <= longest { return rounded }
            unit /= 10
        }
        return shortest
    }
}
