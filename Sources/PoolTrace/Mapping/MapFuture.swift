import PoolModel
import PoolRecorder

/// A future for the results of a map that nobody need wait for; it ends when the map does.
@usableFromInline
final class MapFuture<Output: Sendable>: Future<[Output]>, @unchecked Sendable {
    /// Memory for the results, which the map needs as well if some have to be destroyed.
    @usableFromInline
    final class Room {
        @usableFromInline let base: UnsafeMutablePointer<Output>

        init(_ count: Int) { base = .allocate(capacity: count) }

        deinit { base.deallocate() }
    }

    @usableFromInline let count: Int
    /// Where the elements put their results.
    @usableFromInline let room: Room
    /// Written before anything is shown to a worker.
    private var map: Map?

    @usableFromInline
    init(
        in pool: borrowing ThreadPool, name: TaskName?, at site: CallSite,
        count: Int
    ) {
        self.count = count
        room = Room(count)
        super.init(in: pool, name: name, at: site, body: nil)
    }

    func run(in core: PoolCore, chunkSize: Int, policy: ThreadPool.FailurePolicy, _ work: Map.Work) {
        _ = claim()
        // The map gives up a reference to the parent of its own.
        TaskNode.retain(bits: job.parent)
        var chunk = job
        chunk.kind = .chunk
        let map = Map(
            job: chunk, count: count, chunkSize: chunkSize, policy: policy, owner: Unmanaged.passUnretained(self),
            core: core, work: work)
        self.map = map
        // Keeps the future alive until then, as the elements need it to be.
        WaitingRoom.whenEnded(map) { self.finish(map) }
        map.enqueue(in: core)
    }

    /// The map has ended.
    private func finish(_ map: Map) {
        let missing = map.missingElements
        if missing.isEmpty {
            result.store(
                [Output](unsafeUninitializedCapacity: count) { buffer, initialized in
                    if count > 0 { buffer.baseAddress?.moveInitialize(from: room.base, count: count) }
                    initialized = count
                })
            return finish(.succeeded, on: nil)
        }
        map.discardResults(in: room)
        let first = missing.sorted { $0.key < $1.key }.lazy.compactMap { index, failure in
            failure.map { ($0, index) }
        }.first
        if let (failure, index) = first {
            finish(.failed(failure, index: UInt64(index)), on: nil)
        } else {
            finish(.cancelled(index: TaskNode.noIndex), on: nil)
        }
    }

    override func retrieveThrown() -> (any Error)? {
        guard let map else { return super.retrieveThrown() }
        do {
            try map.throwMissing()
            return nil
        } catch {
            return error
        }
    }

    override func input(at place: UInt64) -> TaskInput? { map?.input(at: place) }

    override func askToStop() -> Bool {
        let isFirst = super.askToStop()
        if let map { _ = map.askToStop() }
        return isFirst
    }

    override var mayBeRun: Bool { !hasEnded }

    override var isOneTask: Bool { false }

    override func needs(_ job: Job) -> Bool { map?.needs(job) ?? false }

    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool {
        guard let map else { return false }
        _ = map.runHere(in: context)
        return hasEnded
    }

    override func runInSerial() -> Bool { map?.runInSerial() ?? false }
}
