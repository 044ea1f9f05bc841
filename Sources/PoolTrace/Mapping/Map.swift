import CPoolRecorder
import PoolModel
import PoolRecorder
public import Synchronization

/// Elements that are tasks, while they run: one child of their submitter.
///
/// Jobs carry chunks of elements; a worker, or a task that waits for the map, claims a chunk's flag and runs it.
@usableFromInline
final class Map: Awaitable, @unchecked Sendable {
    /// What to do, as the submitter's own code for its types.
    @usableFromInline
    struct Work {
        /// Runs elements one after the other, and stores which one it is at before it starts it.
        @usableFromInline let run: (Range<Int>, UnsafePointer<Atomic<UInt64>>) throws -> Void
        /// What an element works on.
        @usableFromInline let input: (Int) -> Any
        /// Destroys the results of elements, which nobody will take.
        @usableFromInline let discard: ((Range<Int>) -> Void)?
        /// Runs a chunk's elements in a worker process, and says how each has ended; `nil` where threads run them.
        var runRemotely: ((Map, Range<Int>, Worker) -> Void)?
        /// What the submit brought along; `nil` in most pools.
        private(set) var hooks: TaskHooks?

        @inlinable
        init(
            run: @escaping (Range<Int>, UnsafePointer<Atomic<UInt64>>) throws -> Void,
            input: @escaping (Int) -> Any, discard: ((Range<Int>) -> Void)? = nil
        ) {
            self.run = run
            self.input = input
            self.discard = discard
        }

        /// The same, with what the submit of so many elements brings along.
        func wrapped(by pool: PoolHooks?, count: Int, name: UInt32) -> Work {
            guard let pool, count > 0 else { return self }
            let hooks = pool.submit(count, name: name)
            // Called for one element at a time.
            var work = Work(
                run: { [run] elements, place in try hooks.run { try run(elements, place) } },
                input: input, discard: discard)
            (work.hooks, work.runRemotely) = (hooks, runRemotely)
            return work
        }
    }

    /// Elements that take less than this together, some microseconds, are run under one context and share its stamps.
    private static let fewTicks: UInt64 = 5000
    /// Not more, since the next ones may take long, and count as started.
    private static let maximumAtOnce = 256

    let count: Int
    let chunkSize: Int
    private let policy: ThreadPool.FailurePolicy
    /// What ends with the map, if that is something else.
    private let owner: Unmanaged<Awaitable>?
    private let work: Work
    private let flags: UnsafeMutablePointer<Atomic<Bool>>
    private let chunksLeft: Atomic<Int>
    /// Elements that have no result: those that failed, with their failures, and those that were cancelled.
    private let missing = Guarded<[Int: TaskFailure?]>([:])
    /// What keeps the room for results that nobody took.
    private var room: Any?

    init(
        job: Job, count: Int, chunkSize: Int, policy: ThreadPool.FailurePolicy, owner: Unmanaged<Awaitable>? = nil,
        core: PoolCore, work: Work
    ) {
        self.count = count
        self.chunkSize = chunkSize
        self.policy = policy
        self.owner = owner
        self.work = work.wrapped(by: core.hooks, count: count, name: job.name)
        let chunks = (count + chunkSize - 1) / chunkSize
        flags = .allocate(capacity: chunks)
        for chunk in 0..<chunks { (flags + chunk).initialize(to: Atomic(false)) }
        chunksLeft = Atomic(chunks)
        super.init(job: job, core: core)
        if chunks == 0 { end(Phase.succeeded) }
    }

    deinit {
        flags.deallocate()
        guard room != nil, let discard = work.discard else { return }
        var next = 0
        for index in missing.withLock({ $0.keys.sorted() }) {
            discard(next..<index)
            next = index + 1
        }
        discard(next..<count)
    }

    /// What the submit brought along; `nil` in most pools.
    var hooks: TaskHooks? { work.hooks }

    var chunks: Int { (count + chunkSize - 1) / chunkSize }

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
        let elements = elements(of: chunk)
        worker.countElements(elements.count)
        if let runRemotely = work.runRemotely {
            runRemotely(self, elements, worker)
            return finishChunk()
        }
        var next = elements.lowerBound
        var atOnce = 1
        while next < elements.upperBound {
            if isAskedToStop || core.isCancelling.load(ordering: .relaxed) {
                cancel(next..<elements.upperBound)
                break
            }
            // Each is an event of its own.
            if pooltrace_is_recording() || hooks != nil || core.breakTask != 0 { atOnce = 1 }
            let some = next..<min(elements.upperBound, next + atOnce)
            let start = pooltrace_clock_now()
            let ending = core.perform(
                element(next), on: worker, awaitable: owner ?? Unmanaged.passUnretained(self),
                input: { TaskInput(self.work.input(Int($0))) },
                body: { try work.run(some, TaskContext.currentPlace) })
            let end = pooltrace_clock_now()
            next = some.upperBound
            if let (failure, element) = ending.withoutValue {
                fail(Int(element), failure)
                next = Int(element) + 1
            } else if pooltrace_may_be_slow(start, end) {
                SlowInputs.note(element(some.lowerBound), from: start, to: end, core.configuration.inputs) {
                    TaskInput(work.input(some.lowerBound)).text($0)
                }
            }
            atOnce = end &- start < Self.fewTicks ? min(atOnce * 2, Self.maximumAtOnce) : 1
        }
        finishChunk()
    }

    /// Ends a chunk's elements as cancelled, unless somebody has it already.
    func cancelChunk(_ chunk: Int) {
        guard claim(chunk) else { return }
        cancel(elements(of: chunk))
        finishChunk()
    }

    /// Ends a chunk's elements as failed since the pool takes no more, unless somebody has it already.
    func refuseChunk(_ chunk: Int, _ failure: TaskFailure) {
        guard claim(chunk) else { return }
        hooks?.drop(elements(of: chunk).count, .failed)
        missing.withLock { missing in
            for index in elements(of: chunk) { missing[index] = .some(failure) }
        }
        finishChunk()
    }

    /// Keeps an element's failure; `nil` if it was cancelled.
    func fail(_ index: Int, _ failure: TaskFailure?) {
        missing.withLock { $0[index] = .some(failure) }
        if policy == .failFast, failure != nil { _ = askToStop() }
    }

    /// Ends elements that were not begun as cancelled.
    func cancel(_ elements: Range<Int>) {
        hooks?.drop(elements.count, .cancelled)
        for index in elements {
            PoolCore.recordCancelled(TaskID.element(of: job.task, index: UInt64(index)), by: 0)
            missing.withLock { $0[index] = .some(nil) }
        }
    }

    override func input(at place: UInt64) -> TaskInput? {
        place < UInt64(count) ? TaskInput(work.input(Int(place))) : nil
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
        RaceDetection.release(self)
        // The last one to count down has seen, by the acquire, what all the others wrote.
        if chunksLeft.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 { end(Phase.succeeded) }
    }

    override func needs(_ job: Job) -> Bool {
        job.kind == .chunk && job.contextPointer == Unmanaged.passUnretained(self).toOpaque()
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
        guard let worker = context.pointee.worker, let core else { return }
        worker.lastStamp = 0
        run(chunk, of: core.takeUnretainedValue(), on: worker)
        Scheduling.didRun(element(chunk).task)
    }

    private func run(_ chunk: Int, of core: PoolCore, on worker: Worker) {
        RaceDetection.run(element(chunk).task, of: core, on: worker) { runChunk(chunk, of: core, on: worker) }
    }

    /// Whether a chunk was claimed.
    func hasStarted(chunk: Int) -> Bool { (flags + chunk).pointee.load(ordering: .acquiring) }

    override func runInSerial() -> Bool {
        guard let core = core?.takeUnretainedValue(), let chunk = (0..<chunks).first(where: { !hasStarted(chunk: $0) })
        else { return false }
        run(chunk, of: core, on: core.worker(at: 0))
        return true
    }

    // MARK: Results

    /// The elements without a result, once the map has ended: `nil` for those that were cancelled.
    var missingElements: [Int: TaskFailure?] { missing.withLock { $0 } }

    /// Throws what the caller of `map` is to be thrown.
    func throwMissing() throws { try policy.throwFailures(missingElements) }

    /// Keeps the room for the results, and destroys those that there are once every element has ended.
    @usableFromInline
    func discardResults(in room: Any) { self.room = room }
}
