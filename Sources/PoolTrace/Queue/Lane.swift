import PoolModel
import PoolRecorder
import Synchronization

/// The way in for one thread outside the pool's workers: it alone pushes; workers claim jobs in batches, in order.
///
/// The queue is a chain of segments. `published` is stored with release after a job (and, for the first of a segment, the chain's next
/// link) is written; a claimer loads it with acquire, so it sees whole jobs. Claimers take turns by `isClaimed`: a worker that finds it
/// taken looks elsewhere. A lock is cheap here since a claim moves up to 64 jobs, and it spares the reclamation protocol that claiming by
/// compare-and-swap needs: only its holder frees or hands back a segment.
final class Lane: @unchecked Sendable {
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

    // The pushing thread's own.
    private var tail: UInt64 = 0
    private var tailSegment: UnsafeMutablePointer<Segment>
    private var tailPosition = 0
    private var spare: UnsafeMutablePointer<Segment>?

    /// How many jobs have been pushed: the pushing thread stores, anybody loads.
    let published = CacheLine()
    /// How many jobs have been claimed: stored by the claimer whose turn it is, loaded by anybody.
    let claimed = CacheLine()
    private let isClaiming = CacheLine()
    // The claimer's, while it is its turn.
    private var headSegment: UnsafeMutablePointer<Segment>
    private var headPosition = 0

    /// Segments on their way back to the pushing thread, and how many; guarded by a lock since one in 512 pushes needs it.
    private let returned = Guarded<(list: UInt, count: Int)>((0, 0))

    /// The next lane of the same pool; written before the lane is shown.
    var next: Lane?
    /// Whether its thread has ended, so that another may take it over.
    let isOrphan = Atomic<Bool>(false)

    /// Whether its pool is gone, so that the thread may forget it.
    let isAbandoned = Atomic<Bool>(false)

    init() {
        tailSegment = Segment.make()
        headSegment = tailSegment
    }

    deinit {
        published.deallocate()
        claimed.deallocate()
        isClaiming.deallocate()
        var segment: UnsafeMutablePointer<Segment>? = headSegment
        while let current = segment {
            segment = current.pointee.next
            current.deallocate()
        }
        var lists = [spare, UnsafeMutablePointer(bitPattern: returned.withLock { $0.list })]
        while let list = lists.popLast() {
            guard let list else { continue }
            lists.append(list.pointee.next)
            list.deallocate()
        }
    }

    // MARK: The pushing thread's side

    /// Pushes a job and shows it.
    func push(_ job: Job) {
        if tailPosition == Self.segmentJobs { appendSegment() }
        Segment.job(tailSegment, tailPosition).initialize(to: job)
        tailPosition += 1
        tail &+= 1
        published.value.pointee.store(tail, ordering: .releasing)
    }

    @inline(never)
    private func appendSegment() {
        if spare == nil {
            spare = returned.withLock { returned in
                defer { returned = (0, 0) }
                return UnsafeMutablePointer(bitPattern: returned.list)
            }
        }
        let segment: UnsafeMutablePointer<Segment>
        if let kept = spare {
            segment = kept
            spare = kept.pointee.next
            kept.pointee.next = nil
        } else {
            segment = Segment.make()
        }
        tailSegment.pointee.next = segment
        tailSegment = segment
        tailPosition = 0
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
        guard !isEmpty, isClaiming.value.pointee.exchange(1, ordering: .acquiring) == 0 else { return 0 }
        defer { isClaiming.value.pointee.store(0, ordering: .releasing) }
        let head = claimed.value.pointee.load(ordering: .relaxed)
        let available = Int(published.value.pointee.load(ordering: .acquiring) &- head)
        guard available > 0 else { return 0 }
        if headPosition == Self.segmentJobs { advanceHead() }
        // Never beyond the segment: the next claim takes the rest.
        let count = min(limit, Self.batch, max(1, available / workers), Self.segmentJobs - headPosition, available)
        guard count > 0 else { return 0 }
        take(UnsafeBufferPointer(start: Segment.job(headSegment, headPosition), count: count))
        headPosition += count
        claimed.value.pointee.store(head &+ UInt64(count), ordering: .releasing)
        return count
    }

    private func advanceHead() {
        let old = headSegment
        // A job beyond the segment is published, so the link was written before.
        headSegment = old.pointee.next!
        headPosition = 0
        let isKept = returned.withLock { returned in
            guard returned.count < Self.keptSegments else { return false }
            old.pointee.next = UnsafeMutablePointer(bitPattern: returned.list)
            returned = (UInt(bitPattern: old), returned.count + 1)
            return true
        }
        if !isKept { old.deallocate() }
    }
}
