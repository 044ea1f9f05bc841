import CPoolRecorder
import PoolModel
import PoolRecorder
public import Synchronization

extension ThreadPool {
    /// Runs `body` for every input, each a task of its own, and does not wait.
    ///
    /// - Parameters:
    ///   - inputs: What the tasks are given.
    ///   - name: What reports and views call each task.
    ///   - chunkSize: How many elements a worker takes at a time; by default a quarter of a worker's share. 1 in serial
    ///     mode.
    ///   - policy: What happens when an element fails.
    ///   - body: The task for one input.
    ///   - file: The file of the call, for reports and views.
    ///   - line: Its line.
    ///   - function: The function that it is in.
    /// - Returns: The handle on the results, in the order of the inputs; cancelling it lets no more elements start. It
    ///   throws what `map` throws.
    @inlinable
    @discardableResult
    public func mapAsync<Inputs: RandomAccessCollection & Sendable, Output: Sendable>(
        _ inputs: Inputs, name: TaskName? = nil, chunkSize: Int? = nil, onFailure policy: FailurePolicy = .finishAll,
        file: StaticString = #fileID, line: UInt32 = #line, function: StaticString = #function,
        _ body: @escaping @Sendable (Inputs.Element) throws -> Output
    ) -> Future<[Output]> {
        let future = MapFuture<Output>(
            in: self, name: name, file: file, line: line, function: function, count: inputs.count)
        nonisolated(unsafe) let room = future.room.base
        run(
            future, chunkSize: chunkSize, policy: policy,
            Map.Work(
                run: { elements, place in
                    var input = inputs.index(inputs.startIndex, offsetBy: elements.lowerBound)
                    for element in elements {
                        place.pointee.store(UInt64(truncatingIfNeeded: element), ordering: .relaxed)
                        (room + element).initialize(to: try body(inputs[input]))
                        inputs.formIndex(after: &input)
                    }
                },
                input: { inputs[inputs.index(inputs.startIndex, offsetBy: $0)] },
                discard: { (room + $0.lowerBound).deinitialize(count: $0.count) }))
        return future
    }

    @usableFromInline
    func run<Output: Sendable>(
        _ future: MapFuture<Output>, chunkSize: Int?, policy: FailurePolicy, _ work: Map.Work
    ) {
        guard core.takesTasks else { return core.refuse(future) }
        future.run(
            in: core, chunkSize: core.chunkSize(for: future.count, requested: chunkSize), policy: policy, work)
    }
}

/// The handle on the results of a map that nobody need wait for; it ends when the map does.
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
        in pool: borrowing ThreadPool, name: TaskName?, file: StaticString, line: UInt32, function: StaticString,
        count: Int
    ) {
        self.count = count
        room = Room(count)
        super.init(in: pool, name: name, file: file, line: line, function: function, body: nil)
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

    override func inputText(at place: UInt64, _ policy: Settings.Input) -> String? {
        map?.inputText(at: place, policy)
    }

    override func askToStop() -> Bool {
        let isFirst = super.askToStop()
        if let map { _ = map.askToStop() }
        return isFirst
    }

    override var mayBeRun: Bool { !hasEnded }

    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool {
        guard let map else { return false }
        _ = map.runHere(in: context)
        return hasEnded
    }

    override func runInSerial() -> Bool { map?.runInSerial() ?? false }
}
