import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// The way in for one thread outside the pool's workers: it alone pushes; workers claim jobs in batches, in order.
///
/// The queue is a chain of segments. `published` is stored with release after a job (and, for the first of a segment,
/// the chain's next link) is written; a claimer loads it with acquire, so it sees whole jobs. Claimers take turns by
/// `isClaimed`: a worker that finds it taken looks elsewhere. A lock is cheap here since a claim moves up to 64 jobs,
/// and it spares the reclamation protocol that claiming by compare-and-swap needs: only its holder frees or hands back
/// a segment.
///
/// Like `Worker` a handle on memory, since a reference count would be shared by the submitter and every worker. Its
/// pool and its thread own it together: the last of them to let go frees it.
struct Lane: Equatable, @unchecked Sendable {
    /// How many jobs a claim takes at most.
    static let batch = 64
    private static let segmentJobs = 512
    private static let keptSegments = 64

    private struct Segment {
        var next: UnsafeMutablePointer<Segment>?

        static func make() -> UnsafeMutablePointer<Segment> {
            let bytes = MemoryLayout<Job>.stride * (Lane.segmentJobs + 1)
            let segment = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
                .bindMemory(to: Segment.self, capacity: 1)
            segment.initialize(to: Segment(next: nil))
            return segment
        }

        /// Jobs start one job's size into the segment.
        static func job(_ segment: UnsafeMutablePointer<Segment>, _ position: Int) -> UnsafeMutablePointer<Job> {
            (UnsafeMutableRawPointer(segment) + MemoryLayout<Job>.stride * (position + 1)).assumingMemoryBound(
                to: Job.self)
        }
    }

    private struct State: ~Copyable {
        // The pushing thread's own.
        var tail: UInt64 = 0
        var tailSegment: UnsafeMutablePointer<Segment>
        var tailPosition = 0
        var spare: UnsafeMutablePointer<Segment>?

        let published = CacheLine()
        let claimed = CacheLine()
        /// Of those who claim: 1 while it is somebody's turn.
        let isClaiming = CacheLine()
        /// The claimer's, while it is its turn: on a line of its own.
        let head: UnsafeMutablePointer<Head>

        /// Segments on their way back to the pushing thread, and how many; guarded by a lock since one in 512 pushes
        /// needs it.
        let returned = Guarded<(list: UInt, count: Int)>((0, 0))

        /// Blocks of closures' contexts on their way back to the pushing thread, as bits, and how many they are.
        let spent = CacheLine()
        let spentCount = CacheLine()

        var next: Lane?
        let isOrphan = Atomic<Bool>(false)
        let isAbandoned = Atomic<Bool>(false)
        /// The pool, and the thread that pushes.
        let owners = Atomic<Int>(2)

        init() {
            tailSegment = Segment.make()
            head = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128).bindMemory(
                to: Head.self, capacity: 1)
            head.initialize(to: Head(segment: tailSegment))
        }

        deinit {
            published.deallocate()
            claimed.deallocate()
            isClaiming.deallocate()
            Lane.freeSpent(spent, spentCount)
            spent.deallocate()
            spentCount.deallocate()
            var lists = [head.pointee.segment, spare, UnsafeMutablePointer(bitPattern: returned.withLock { $0.list })]
            while let list = lists.popLast() {
                guard let list else { continue }
                lists.append(list.pointee.next)
                list.deallocate()
            }
            head.deallocate()
        }
    }

    private struct Head {
        var segment: UnsafeMutablePointer<Segment>
        var position = 0
    }

    private let state: UnsafeMutablePointer<State>

    init() {
        state = .allocate(capacity: 1)
        state.initialize(to: State())
    }

    init(bits: UnsafeMutableRawPointer) { state = bits.assumingMemoryBound(to: State.self) }

    /// Its address, which makes it again.
    var bits: UnsafeMutableRawPointer { UnsafeMutableRawPointer(state) }

    /// How many jobs have been pushed: the pushing thread stores, anybody loads.
    var published: CacheLine { state.pointee.published }
    /// How many jobs have been claimed: stored by the claimer whose turn it is, loaded by anybody.
    var claimed: CacheLine { state.pointee.claimed }

    /// The next lane of the same pool; written before the lane is shown.
    var next: Lane? {
        get { state.pointee.next }
        nonmutating set { state.pointee.next = newValue }
    }

    // MARK: Owners

    /// Called by its thread when that ends: another may take it over.
    func orphan() {
        state.pointee.isOrphan.store(true, ordering: .releasing)
        release()
    }

    /// Makes the calling thread its pushing thread, if it has none; called inside the pool's lock.
    func adopt() -> Bool {
        guard state.pointee.isOrphan.load(ordering: .acquiring) else { return false }
        state.pointee.isOrphan.store(false, ordering: .relaxed)
        state.pointee.owners.wrappingAdd(1, ordering: .relaxed)
        return true
    }

    /// Called by its pool as that goes.
    func abandon() {
        state.pointee.isAbandoned.store(true, ordering: .releasing)
        release()
    }

    /// Whether its pool is gone, so that the thread may forget it.
    var isAbandoned: Bool { state.pointee.isAbandoned.load(ordering: .acquiring) }

    func release() {
        guard state.pointee.owners.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        state.deinitialize(count: 1)
        state.deallocate()
    }

    // MARK: The pushing thread's side

    /// Pushes a job and shows it.
    func push(_ job: Job) {
        if state.pointee.tailPosition == Self.segmentJobs { appendSegment() }
        Segment.job(state.pointee.tailSegment, state.pointee.tailPosition).initialize(to: job)
        state.pointee.tailPosition &+= 1
        state.pointee.tail &+= 1
        pooltrace_delay()
        state.pointee.published.value.pointee.store(state.pointee.tail, ordering: .releasing)
        if state.pointee.tail & 63 == 0, state.pointee.spent.value.pointee.load(ordering: .relaxed) != 0 {
            Self.freeSpent(state.pointee.spent, state.pointee.spentCount)
        }
    }

    // MARK: Memory of closures

    /// How many blocks wait for the pushing thread at most: it may never push again.
    private static let maximumSpent: UInt64 = 64

    /// Called by a worker: hands closures' contexts back to the thread that most likely allocated them.
    ///
    /// A stack that is only ever taken whole: no block on it is looked at by two threads.
    func giveBack(_ block: UnsafeMutablePointer<SpentBodies.Block>) -> Bool {
        let (spent, count) = (state.pointee.spent, state.pointee.spentCount)
        guard count.value.pointee.load(ordering: .relaxed) < Self.maximumSpent else { return false }
        count.value.pointee.wrappingAdd(1, ordering: .relaxed)
        var known = spent.value.pointee.load(ordering: .relaxed)
        while true {
            block.pointee.next = UnsafeMutablePointer(bitPattern: UInt(known))
            pooltrace_delay()
            let attempt = spent.value.pointee.compareExchange(
                expected: known, desired: UInt64(UInt(bitPattern: block)), ordering: .releasing)
            if attempt.exchanged { return true }
            known = attempt.original
        }
    }

    /// Frees what was handed back.
    private static func freeSpent(_ spent: CacheLine, _ count: CacheLine) {
        var next = UnsafeMutablePointer<SpentBodies.Block>(
            bitPattern: UInt(spent.value.pointee.exchange(0, ordering: .acquiring)))
        while let block = next {
            next = block.pointee.next
            block.free()
            block.deallocate()
            count.value.pointee.wrappingSubtract(1, ordering: .relaxed)
        }
    }

    @inline(never)
    private func appendSegment() {
        if state.pointee.spare == nil {
            state.pointee.spare = state.pointee.returned.withLock { returned in
                defer { returned = (0, 0) }
                return UnsafeMutablePointer(bitPattern: returned.list)
            }
        }
        let segment: UnsafeMutablePointer<Segment>
        if let kept = state.pointee.spare {
            segment = kept
            state.pointee.spare = kept.pointee.next
            kept.pointee.next = nil
        } else {
            segment = Segment.make()
        }
        state.pointee.tailSegment.pointee.next = segment
        state.pointee.tailSegment = segment
        state.pointee.tailPosition = 0
    }

    // MARK: The claimers' side

    /// Whether a claimer would find something; may be out of date at once.
    var isEmpty: Bool {
        claimed.value.pointee.load(ordering: .acquiring) == published.value.pointee.load(ordering: .acquiring)
    }

    /// Claims a share of the waiting jobs: hands them to `take`, in order, if it is this caller's turn.
    ///
    /// - Returns: How many jobs `take` was handed; it may write none of them down before this returns.
    func claim(share workers: Int, limit: Int, _ take: (UnsafeBufferPointer<Job>) -> Void) -> Int {
        let isClaiming = state.pointee.isClaiming
        guard !isEmpty, isClaiming.value.pointee.exchange(1, ordering: .acquiring) == 0 else { return 0 }
        defer { isClaiming.value.pointee.store(0, ordering: .releasing) }
        pooltrace_delay()
        let claimedBefore = claimed.value.pointee.load(ordering: .relaxed)
        let available = Int(published.value.pointee.load(ordering: .acquiring) &- claimedBefore)
        guard available > 0 else { return 0 }
        let head = state.pointee.head
        if head.pointee.position == Self.segmentJobs { advance(head) }
        // Never beyond the segment: the next claim takes the rest.
        let count = min(
            limit, Self.batch, max(1, available / workers), Self.segmentJobs - head.pointee.position, available)
        guard count > 0 else { return 0 }
        take(UnsafeBufferPointer(start: Segment.job(head.pointee.segment, head.pointee.position), count: count))
        head.pointee.position += count
        pooltrace_delay()
        claimed.value.pointee.store(claimedBefore &+ UInt64(count), ordering: .releasing)
        return count
    }

    private func advance(_ head: UnsafeMutablePointer<Head>) {
        let old = head.pointee.segment
        // A job beyond the segment is published, so the link was written before.
        head.pointee = Head(segment: old.pointee.next!)
        let isKept = state.pointee.returned.withLock { returned in
            guard returned.count < Self.keptSegments else { return false }
            old.pointee.next = UnsafeMutablePointer(bitPattern: returned.list)
            returned = (UInt(bitPattern: old), returned.count + 1)
            return true
        }
        if !isKept { old.deallocate() }
    }
}
