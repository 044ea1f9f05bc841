/// What serial mode keeps of the jobs of Swift's runtime, besides those that are ready.
struct SwiftJobs {
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
    /// Whether main's thread runs a job of the main actor.
    var isInMain = false
    /// Whether another thread runs the main actor's jobs: main's is in the middle of a task that does not end.
    var isMainElsewhere = false

    /// Whether a chosen job is one of the main actor's that its thread has not chosen itself: then it is put aside.
    mutating func holdsBack(_ next: ReadyJobs.Next) -> Bool {
        let isMains = choosesForMain
        choosesForMain = false
        guard !isMains, !isMainElsewhere || isInMain, case .job(let job, _) = next.work, job.kind == .segment,
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
}
