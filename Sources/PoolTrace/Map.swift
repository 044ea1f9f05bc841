import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// A map while it runs: one child of its caller, whose elements are tasks.
///
/// Jobs carry chunks of elements; whoever claims a chunk's flag runs it, a worker or a task that waits for the map.
class AnyMap: Awaitable, @unchecked Sendable {
    let count: Int
    let chunkSize: Int
    private let flags: UnsafeMutablePointer<Atomic<Bool>>
    private let chunksLeft: Atomic<Int>
    /// Elements that have no result: those that failed, with their failures, and those that were cancelled.
    private let missing = Guarded<[Int: TaskFailure?]>([:])

    init(job: Job, count: Int, chunkSize: Int, core: PoolCore) {
        self.count = count
        self.chunkSize = chunkSize
        let chunks = (count + chunkSize - 1) / chunkSize
        flags = .allocate(capacity: chunks)
        for chunk in 0..<chunks { (flags + chunk).initialize(to: Atomic(false)) }
        chunksLeft = Atomic(chunks)
        super.init(job: job, core: core)
        if chunks == 0 { end(Phase.succeeded) }
    }

    deinit { flags.deallocate() }

    var chunks: Int { (count + chunkSize - 1) / chunkSize }

    // MARK: Overridden by the typed maps

    func performElement(_ index: Int) throws {}
    func inputText(_ index: Int, _ policy: Settings.Input) -> String? { nil }

    // MARK: Running

    /// Records the elements and hands the chunks to the pool.
    func enqueue(in core: PoolCore) {
        if pooltrace_is_recording() {
            let origin = Recorder.intern(originInPool: core.number, site: job.site, name: job.name)
            for index in 0..<UInt64(count) {
                pooltrace_record_element_submit(
                    job.submitted, TaskID.element(of: job.task, index: index), job.task, index, origin)
            }
        }
        for chunk in 0..<chunks {
            var ticket = job
            ticket.index = UInt64(chunk)
            ticket.context = UInt(bitPattern: Unmanaged.passRetained(self).toOpaque())
            core.enqueue(ticket)
        }
    }

    /// Runs a chunk, unless somebody has it already.
    func runChunk(_ chunk: Int, of core: PoolCore, on worker: Worker) {
        guard claim(chunk) else { return }
        for index in elements(of: chunk) {
            let failure = core.perform(
                element(index), on: worker, awaitable: Unmanaged.passUnretained(self),
                input: { self.inputText(index, $0) }, body: { try performElement(index) })
            if let failure { missing.withLock { $0[index] = .some(failure) } }
        }
        finishChunk()
    }

    /// Ends a chunk's elements as cancelled, unless somebody has it already.
    func cancelChunk(_ chunk: Int) {
        guard claim(chunk) else { return }
        for index in elements(of: chunk) {
            PoolCore.recordCancelled(TaskID.element(of: job.task, index: UInt64(index)), by: 0)
            missing.withLock { $0[index] = .some(nil) }
        }
        finishChunk()
    }

    private func claim(_ chunk: Int) -> Bool {
        !(flags + chunk).pointee.exchange(true, ordering: .acquiringAndReleasing)
    }

    private func elements(of chunk: Int) -> Range<Int> {
        chunk * chunkSize..<min(count, (chunk + 1) * chunkSize)
    }

    private func element(_ index: Int) -> Job {
        var element = job
        element.index = UInt64(index)
        element.task = TaskID.element(of: job.task, index: UInt64(index))
        return element
    }

    private func finishChunk() {
        // The last one to count down has seen, by the acquire, what all the others wrote.
        if chunksLeft.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { end(Phase.succeeded) }
    }

    override func runHere(in context: UnsafeMutablePointer<TaskContext>) -> Bool {
        guard mayRunHere else { return false }
        // With `--only` the chosen element comes first, and after it the others end as cancelled.
        for chunk in 0..<chunks where Scheduling.isChosen(element(chunk).task) { runHere(chunk, in: context) }
        for chunk in 0..<chunks { runHere(chunk, in: context) }
        return hasEnded
    }

    private func runHere(_ chunk: Int, in context: UnsafeMutablePointer<TaskContext>) {
        if Scheduling.isOver(for: context) { return cancelChunk(chunk) }
        // The tickets of unclaimed chunks are still queued, so the pool is alive.
        let worker = context.pointee.worker.takeUnretainedValue()
        worker.lastStamp = 0
        runChunk(chunk, of: core.takeUnretainedValue(), on: worker)
        Scheduling.didRun(element(chunk).task)
    }

    /// Whether a chunk was claimed.
    func hasStarted(chunk: Int) -> Bool { (flags + chunk).pointee.load(ordering: .acquiring) }

    override func runInSerial() -> Bool {
        guard let chunk = (0..<chunks).first(where: { !hasStarted(chunk: $0) }) else {
            return false
        }
        let core = core.takeUnretainedValue()
        runChunk(chunk, of: core, on: core.worker(at: 0))
        return true
    }

    // MARK: Results

    /// The elements without a result, once the map has ended: `nil` for those that were cancelled.
    var missingElements: [Int: TaskFailure?] { missing.withLock { $0 } }

    /// Throws what the caller of `map` is to be thrown: the failure of the first failed element, else that some were cancelled.
    ///
    /// The report of that failure counts those that failed the same way, so they count as retrieved with it; others are reported later.
    func throwMissing() throws {
        let missing = missingElements
        guard !missing.isEmpty else { return }
        let failures = missing.sorted { $0.key < $1.key }.compactMap(\.value)
        guard let first = failures.first else { throw CancellationError() }
        for failure in failures where failure.failure.signature == first.failure.signature {
            failure.isRetrieved = true
        }
        throw first
    }
}

/// A map with its inputs, its body and room for its results.
final class Map<Input, Output>: AnyMap, @unchecked Sendable {
    private let inputs: [Input]
    private let body: @Sendable (Input) throws -> Output
    private let results: UnsafeMutablePointer<Output>
    private var areResultsTaken = false

    init(
        job: Job, inputs: [Input], chunkSize: Int, core: PoolCore, body: @escaping @Sendable (Input) throws -> Output
    ) {
        self.inputs = inputs
        self.body = body
        results = .allocate(capacity: inputs.count)
        super.init(job: job, count: inputs.count, chunkSize: chunkSize, core: core)
    }

    deinit {
        if !areResultsTaken {
            let missing = missingElements
            for index in 0..<count where missing[index] == nil { (results + index).deinitialize(count: 1) }
        }
        results.deallocate()
    }

    override func performElement(_ index: Int) throws {
        (results + index).initialize(to: try body(inputs[index]))
    }

    override func inputText(_ index: Int, _ policy: Settings.Input) -> String? {
        InputText.describe(inputs[index], policy)
    }

    /// The results in the order of the inputs, once the map has ended.
    func takeResults() throws -> [Output] {
        try throwMissing()
        areResultsTaken = true
        return [Output](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress { base.moveInitialize(from: results, count: count) }
            initialized = count
        }
    }
}
