import CPoolRecorder
import Synchronization

/// A worker's own queue: the worker pushes and pops at the bottom, others steal at the top.
///
/// This is the deque of Chase and Lev with the memory orders of Lê, Pop, Cohen and Zappa Nardelli, "Correct and
/// efficient work-stealing for weak memory models" (2013), with sequentially consistent accesses in place of its
/// stand-alone fences, which ThreadSanitizer does not model. It does not grow: what does not fit goes to the worker's
/// lane.
///
/// Races:
/// - A thief reads a slot that the owner writes again. Then `top` has moved on, the thief's compare-and-swap fails, and
///   what it read is dropped. The words are read and written one by one, atomically.
/// - Owner and thief want the last job: both compare-and-swap `top`, one of them wins.
struct Deque: ~Copyable {
    static let capacity: UInt64 = 1024

    private let slots: UnsafeMutablePointer<Job>
    private let top: CacheLine
    private let bottom: CacheLine

    init() {
        slots = .allocate(capacity: Int(Self.capacity))
        top = CacheLine(1)
        bottom = CacheLine(1)
    }

    deinit {
        slots.deallocate()
        top.deallocate()
        bottom.deallocate()
    }

    private func words(_ position: UInt64) -> UnsafeMutablePointer<UInt64> {
        UnsafeMutableRawPointer(slots + Int(position & (Self.capacity - 1))).assumingMemoryBound(to: UInt64.self)
    }

    private func load(_ position: UInt64) -> Job {
        var job = Job.empty
        withUnsafeMutablePointer(to: &job) { job in
            pooltrace_words_load(UnsafeMutableRawPointer(job).assumingMemoryBound(to: UInt64.self), words(position))
        }
        return job
    }

    private func store(_ job: Job, at position: UInt64) {
        withUnsafePointer(to: job) { job in
            pooltrace_words_store(words(position), UnsafeRawPointer(job).assumingMemoryBound(to: UInt64.self))
        }
    }

    /// Whether a thief would find something; may be out of date at once.
    var isEmpty: Bool {
        top.value.pointee.load(ordering: .acquiring) >= bottom.value.pointee.load(ordering: .acquiring)
    }

    /// How many jobs it has; may be out of date at once.
    var count: UInt64 {
        let first = top.value.pointee.load(ordering: .acquiring)
        let end = bottom.value.pointee.load(ordering: .acquiring)
        return end > first ? end &- first : 0
    }

    /// When the job that a thief would get was submitted; `nil` if there is none, or it has just gone.
    var oldestSubmission: UInt64? {
        let first = top.value.pointee.load(ordering: .sequentiallyConsistent)
        guard first < bottom.value.pointee.load(ordering: .sequentiallyConsistent) else { return nil }
        let job = load(first)
        return top.value.pointee.load(ordering: .sequentiallyConsistent) == first ? job.submitted : nil
    }

    // MARK: The owner's side

    /// How many more jobs fit.
    var room: Int {
        Int(
            Self.capacity
                &- (bottom.value.pointee.load(ordering: .relaxed) &- top.value.pointee.load(ordering: .acquiring)))
    }

    /// Pushes one job; false if it is full.
    func push(_ job: Job) -> Bool {
        let end = bottom.value.pointee.load(ordering: .relaxed)
        guard end &- top.value.pointee.load(ordering: .acquiring) < Self.capacity else { return false }
        store(job, at: end)
        pooltrace_delay()
        // A submitter passes a full fence before it looks for sleepers: see `PoolCore.wakeForNewWork`.
        bottom.value.pointee.store(end &+ 1, ordering: .releasing)
        return true
    }

    /// Makes room for `count` jobs, written by `fill`, which must fit, and shows them all at once.
    func push(count: Int, _ job: (Int) -> Job) {
        let end = bottom.value.pointee.load(ordering: .relaxed)
        for offset in 0..<count { store(job(offset), at: end &+ UInt64(offset)) }
        bottom.value.pointee.store(end &+ UInt64(count), ordering: .releasing)
    }

    /// Pops the job that was pushed last.
    func pop() -> Job? {
        let end = bottom.value.pointee.load(ordering: .relaxed)
        guard top.value.pointee.load(ordering: .relaxed) < end else { return nil }
        let last = end &- 1
        bottom.value.pointee.store(last, ordering: .sequentiallyConsistent)
        pooltrace_delay()
        let first = top.value.pointee.load(ordering: .sequentiallyConsistent)
        if first < last { return load(last) }
        if first == last {
            let job = load(last)
            pooltrace_delay()
            let isOurs = top.value.pointee.compareExchange(
                expected: first, desired: first &+ 1, ordering: .sequentiallyConsistent
            ).exchanged
            bottom.value.pointee.store(end, ordering: .relaxed)
            return isOurs ? job : nil
        }
        bottom.value.pointee.store(end, ordering: .relaxed)
        return nil
    }

    /// Pops the job that was pushed last if it is for `context`; whether it did.
    func pop(ifFor context: UInt) -> Bool {
        let end = bottom.value.pointee.load(ordering: .relaxed)
        // Only the owner writes slots, so the newest is what it wrote last, whether or not a thief has taken it.
        guard top.value.pointee.load(ordering: .relaxed) < end, load(end &- 1).context == context else { return false }
        pooltrace_delay()
        return pop() != nil
    }

    // MARK: The thieves' side

    enum Steal {
        case empty
        case lostRace
        case stolen(Job)
    }

    func steal() -> Steal {
        let first = top.value.pointee.load(ordering: .sequentiallyConsistent)
        guard first < bottom.value.pointee.load(ordering: .sequentiallyConsistent) else { return .empty }
        pooltrace_delay()
        let job = load(first)
        pooltrace_delay()
        let isOurs = top.value.pointee.compareExchange(
            expected: first, desired: first &+ 1, ordering: .sequentiallyConsistent
        ).exchanged
        return isOurs ? .stolen(job) : .lostRace
    }
}

extension Job {
    /// Bits to be written over.
    fileprivate static var empty: Job {
        Job(parent: 0, task: 0, ordinal: 0, name: 0, site: 0, kind: .closure, submitted: 0, index: 0)
    }
}
