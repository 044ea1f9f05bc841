import PoolModel
import PoolSchedule
import Synchronization

/// The jobs that could run now, in serial mode: a strategy picks among them, those of the highest priority, by number
/// and token.
///
/// With a target (`--only`) the strategy sees only the target, the tasks above it and those below; the others are held
/// back. Before the target has been submitted they run where a wait needs them; once it has run, everything else ends
/// as cancelled.
struct ReadyJobs {
    enum Decision {
        case run
        case cancel
    }

    /// What a step runs.
    enum Work {
        /// A job, from its start.
        case job(Job, PoolCore)
        /// A task that is in the middle, from the point to which it has come.
        case strand(Strand)
        /// A thread outside the pools, which has waited.
        case thread
    }

    struct Next {
        let work: Work
        /// Which part of which task; for a chunk, of its element.
        let part: TaskPart
        let decision: Decision
        /// How many tasks were ready, this one among them.
        let ready: Int
        /// Its place in the order in which they became ready, from 1.
        let arrival: UInt64
        /// Whether only its ticket is left: somebody who waited for the task has run or cancelled it.
        var isTicket = false
    }

    private struct Entry {
        let work: Work
        let part: TaskPart
        let arrival: UInt64
        /// How many had been chosen when it came.
        let since: UInt64
        /// Whether it was chosen for having been ready for longest, and the strategy does not know yet.
        var isTaken = false

        var job: Job? { if case .job(let job, _) = work { job } else { nil } }

        var isMains: Bool { job.map { $0.kind == .segment && SegmentPlace(bits: $0.index) == .main } ?? false }
    }

    private let picker: Picker
    private var jobs: [Entry?] = []
    /// The main actor's jobs among them, first in, first out, as its executor runs them: a strategy says when one of
    /// them runs, and not which.
    private var mains: [Entry] = []
    /// How many at the front of `mains` have been taken.
    private var takenMains = 0
    private var free: [Int] = []
    private var arrivals: UInt64 = 0
    /// How many steps there were.
    var steps: UInt64 = 0
    /// How many were chosen, and how many of them the strategy does not know of yet.
    private var choices: UInt64 = 0
    private var taken = 0
    /// How many of those chosen were in the middle, since one was last chosen for having been ready for longest.
    private var goings = 0
    /// The limit of `goings`, after which the job that has been ready for longest runs: a strategy may pass a task over
    /// for ever, while others spin until it has done something.
    private static let mostGoings = 1024
    /// How often actors, and what has yielded, have become ready for each task.
    private var segments: [UInt64: UInt32] = [:]

    private let only: TaskPath?
    /// The numbers of the target and of everything above it.
    private let onlyIDs: Set<UInt64>
    private let target: UInt64?
    /// What is neither the target, nor above or below it.
    private var held = FIFOStrategy()
    private var isTargetSubmitted = false
    private var hasTargetRun = false

    init(_ picker: Picker, only: TaskPath?) {
        self.picker = picker
        self.only = only
        onlyIDs = Set(only?.ids ?? [])
        target = only?.id
    }

    var isEmpty: Bool { picker.count == taken && held.count == 0 }

    /// Whether a target was asked for that has not been submitted yet.
    var waitsForTarget: Bool { only != nil && !isTargetSubmitted }

    /// Whether the strategy has something to choose from.
    var hasChosen: Bool { picker.count > taken }

    /// The target, if there was one and it was never submitted.
    var missedTarget: TaskPath? { waitsForTarget ? only : nil }

    /// The jobs that have been ready for longest.
    func oldest(_ most: Int) -> [Job] {
        entries.filter { !$0.isTaken }.sorted { $0.arrival < $1.arrival }.lazy.compactMap(\.job).prefix(most).map { $0 }
    }

    private var entries: [Entry] {
        let all = jobs.compactMap { $0 }
        return mains.isEmpty ? all : all.filter { !$0.isMains } + mains.dropFirst(takenMains)
    }

    /// The place of a part in the order in which those that are ready became so.
    func arrival(of part: TaskPart) -> UInt64? { entries.first { $0.part == part }?.arrival }

    var count: Int { picker.count - taken + held.count }

    /// - Parameter segment: Which part of its task it is, if that is counted elsewhere.
    mutating func add(_ job: Job, of core: PoolCore, segment: UInt32? = nil) {
        let part = TaskPart(task: job.readyTask, segment: segment ?? self.segment(of: job))
        let ready = ReadyTask(part, token: keep(.job(job, core), part, isFront: false))
        guard only != nil else { return picker.add(ready, of: job) }
        didSubmit(ready.task)
        if onlyIDs.contains(ready.task) || isBelowTarget(job) {
            picker.add(ready, of: job)
        } else {
            held.add(ready)
        }
    }

    /// Takes back a job that was given out and could not run.
    mutating func addAgain(_ next: Next) {
        guard case .job(let job, _) = next.work else { return }
        let token = keep(next.work, next.part, arrival: next.arrival)
        picker.add(ReadyTask(next.part, token: token), of: job)
    }

    /// A task that is in the middle can go on.
    ///
    /// - Parameter isFront: Whether it goes on next, unless the strategy has other reasons than the time of its coming.
    mutating func add(_ strand: Strand, _ part: TaskPart, isFront: Bool) {
        picker.add(ReadyTask(part, token: keep(.strand(strand), part, isFront: isFront), isFront: isFront))
    }

    /// A thread outside the pools has waited, and can go on.
    mutating func addThread(_ part: TaskPart, isFront: Bool) {
        picker.add(ReadyTask(part, token: keep(.thread, part, isFront: isFront), isFront: isFront))
    }

    /// A task polls: where the strategy may choose it for ever, what has been ready for longest is next.
    mutating func didPoll() { goings = Self.mostGoings }

    /// Which wait the strategy wants to end by its limit, while others are ready.
    func limitToEnd(_ waits: [LimitedWait]) -> Int? { picker.limitToEnd(waits) }

    private mutating func keep(_ work: Work, _ part: TaskPart, isFront: Bool) -> Int {
        if !isFront { arrivals += 1 }
        // What is put in front has come after so many steps: see `Schedule.delays(of:)`.
        return keep(work, part, arrival: isFront ? Schedule.Step.front(after: steps) : arrivals)
    }

    private mutating func keep(_ work: Work, _ part: TaskPart, arrival: UInt64) -> Int {
        let token = free.popLast() ?? jobs.count
        let entry = Entry(work: work, part: part, arrival: arrival, since: choices)
        if only == nil, entry.isMains { addMain(entry) }
        if token == jobs.count { jobs.append(entry) } else { jobs[token] = entry }
        return token
    }

    /// Adds a job of the main actor behind the others, or where it was.
    private mutating func addMain(_ entry: Entry) {
        let place = mains.dropFirst(takenMains).lastIndex { $0.arrival < entry.arrival }.map { $0 + 1 } ?? takenMains
        mains.insert(entry, at: place)
    }

    /// What runs where this one was chosen.
    private mutating func takeMain(for chosen: Entry) -> Entry {
        guard only == nil, chosen.isMains, takenMains < mains.count else { return chosen }
        defer {
            takenMains += 1
            if takenMains * 2 > mains.count {
                mains.removeFirst(takenMains)
                takenMains = 0
            }
        }
        return mains[takenMains]
    }

    /// The next job.
    mutating func next() -> Next? {
        choices &+= 1
        let count = picker.count - taken
        if goings >= Self.mostGoings, picker.isUnfair, let oldest = takeOldest() { return oldest }
        while let chosen = picker.next() {
            if jobs[chosen.token]?.isTaken == true {
                taken -= 1
                jobs[chosen.token] = nil
                free.append(chosen.token)
                continue
            }
            return take(chosen, ready: count, hasTargetRun ? decision(chosen) : .run)
        }
        // The target is not there yet, or it is over.
        guard let chosen = held.next() else { return nil }
        return take(chosen, ready: held.count + 1, hasTargetRun ? .cancel : .run)
    }

    /// Takes what has been ready for longest, of any priority, unless a target says what runs.
    private mutating func takeOldest() -> Next? {
        goings = 0
        guard only == nil else { return nil }
        var oldest: (token: Int, entry: Entry)?
        for (token, entry) in jobs.enumerated() {
            guard let entry, !entry.isTaken else { continue }
            if oldest.map({ entry.since < $0.entry.since }) ?? true { oldest = (token, entry) }
        }
        guard let oldest else { return nil }
        let ready = count
        jobs[oldest.token]?.isTaken = true
        taken += 1
        let entry = takeMain(for: oldest.entry)
        return Next(work: entry.work, part: entry.part, decision: .run, ready: ready, arrival: entry.arrival)
    }

    /// Whether the target has run, and a task is neither the target nor below it.
    func isOver(for job: Job) -> Bool { hasTargetRun && job.task != target && !isBelowTarget(job) }

    /// Whether a task is the target or above it.
    func isChosen(_ task: UInt64) -> Bool { onlyIDs.contains(task) }

    mutating func didSubmit(_ task: UInt64) {
        if task == target { isTargetSubmitted = true }
    }

    /// A task was run by one that waits for it.
    mutating func didRunWithoutStep(_ task: UInt64) { picker.didRun(task) }

    mutating func didRun(_ task: UInt64) {
        if task == target { (isTargetSubmitted, hasTargetRun) = (true, true) }
    }

    private mutating func take(_ chosen: ReadyTask, ready: Int, _ decision: Decision) -> Next? {
        guard let slot = jobs[chosen.token].take() else { return nil }
        free.append(chosen.token)
        let entry = takeMain(for: slot)
        var next = Next(work: entry.work, part: entry.part, decision: decision, ready: ready, arrival: entry.arrival)
        if case .job(let job, _) = next.work {
            next.isTicket = decision == .run && job.isStale
        } else {
            goings += 1
        }
        return next
    }

    /// After the target has run, what it submitted still runs, and what is above it ends by itself.
    private func decision(_ chosen: ReadyTask) -> Decision {
        guard let job = jobs[chosen.token]?.job else { return .run }
        return isBelowTarget(job) ? .run : .cancel
    }

    private mutating func segment(of job: Job) -> UInt32 {
        guard job.kind == .segment else { return 0 }
        // A task is queued once at a time, and counts that itself.
        if let task = UnsafeRawPointer(bitPattern: job.context) {
            let queued = Unmanaged<AsyncTask>.fromOpaque(task)._withUnsafeGuaranteedRef {
                $0.queued.load(ordering: .relaxed)
            }
            return UInt32(truncatingIfNeeded: queued &- 1)
        }
        let segment = segments[job.task, default: 0]
        segments[job.task] = segment &+ 1
        return segment
    }

    private func isBelowTarget(_ job: Job) -> Bool {
        var node: TaskNode? = job.parentNode
        while let current = node {
            if current.task == target { return true }
            node = current.parent
        }
        return false
    }
}

extension Job {
    /// What it is called when it is named; nil for what only makes a task go on.
    var shown: Job? {
        guard kind == .segment else { return self }
        return UnsafeRawPointer(bitPattern: context).map {
            Unmanaged<AsyncTask>.fromOpaque($0)._withUnsafeGuaranteedRef(\.job)
        }
    }

    /// The task that a strategy decides on: for a chunk of a map, which has one element in serial mode, that element.
    var readyTask: UInt64 {
        kind == .chunk ? TaskID.element(of: task, index: index) : task
    }

    /// Whether somebody who waited for it has run or cancelled what this job stands for.
    var isStale: Bool {
        switch kind {
        case .closure, .segment: false
        case .future: Unmanaged<AnyFuture>.fromOpaque(contextPointer).takeUnretainedValue().hasStarted
        case .chunk: Unmanaged<Map>.fromOpaque(contextPointer).takeUnretainedValue().hasStarted(chunk: Int(index))
        }
    }
}
