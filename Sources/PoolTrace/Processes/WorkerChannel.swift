import CPoolRecorder
import CPoolWorker
import Glibc

// How a pool and one of its worker processes talk.
//
// They share two memory files: one for requests, which the pool's thread writes, one for answers, which the worker
// writes; the first page of the former is the channel. There is one request at a time: some tasks of one type, one
// after the other.
//
// pool:    write the request's bytes; set `started`, `answered`, `stop` and the sizes; add 1 to `request`; wake the
//          worker if it sleeps; wait until `answer` is that number, or `died`.
// worker:  wait until `request` changes; for each task: look at `stop`; add 1 to `started`; run; write the answer's
//          bytes and `answer_bytes`; add 1 to `answered`; in the end set `answer`; wake the pool's thread if it sleeps.
// watcher: (one thread of the pool's process) when the worker has ended and was reaped: set `answer` to `died`; wake
//          the pool's thread.
//
// Races:
// - Sleeping: the waiter sets its `sleeps`, looks again, and sleeps on the futex with the value it saw; the side that
//   wakes stores the value first and looks at `sleeps` second, all of it sequentially consistent: one of them sees the
//   other, or the futex sees another value.
// - The worker dies at any point: its stores are over when it is reaped. The answers up to `answered` are whole, since
//   `answered` comes after their bytes. `started > answered`: it died in the middle of a task, which has failed.
//   `started == answered`: between two tasks, or before the first; then nothing has failed and the rest is handed to
//   the next worker. It set `answer` and died: `died` stands in its place, and `answered` says that all is there.
// - The pool's process dies: the worker is killed by the kernel as the watcher's thread ends (PR_SET_PDEATHSIG, which
//   goes by the thread that spawned, so that thread lives as long as the process). If that came before the worker asked
//   for it, it finds another parent.
// - What the worker wrote is data: sizes, counts and stamps are bounded before they are used, and a message that is
//   invalid is the same as a death: the worker is killed.
enum WorkerChannel {
    /// Instead of a request's number, in `answer`.
    static let died = UInt32.max
    /// In `stop`: begin no more tasks; and end once the request is done.
    static let stopTasks: UInt32 = 1
    static let end: UInt32 = 2

    /// How often a side looks before it lets others have the processor: a fraction of a microsecond, since the other
    /// side may need this very one.
    private static let looks = 10
    /// How often it lets them before it sleeps: to change places costs less than to sleep and be woken.
    ///
    /// Not more, since what else runs here may keep the processor for milliseconds each time.
    private static let yields = 4

    /// The number after a request's.
    static func next(_ request: UInt32) -> UInt32 { request == died - 1 ? 1 : request + 1 }

    /// Waits until `word` is not `value`, at most for `limit` at a time: `onPause` is called after each, and says
    /// whether to go on.
    static func wait(
        for word: UnsafeMutablePointer<UInt32>, toLeave value: UInt32, sleeps: UnsafeMutablePointer<UInt32>,
        pause limit: Int64, onPause: () -> Bool
    ) {
        for _ in 0..<looks {
            if pooltrace_shared_load(word) != value { return }
            pooltrace_pause()
        }
        for _ in 0..<yields {
            sched_yield()
            if pooltrace_shared_load(word) != value { return }
        }
        while true {
            pooltrace_shared_store(sleeps, 1)
            if pooltrace_shared_load(word) == value { pooltrace_shared_wait(word, value, limit) }
            pooltrace_shared_store(sleeps, 0)
            if pooltrace_shared_load(word) != value || !onPause() { return }
        }
    }

    /// Stores `value` and wakes the sleeper on `word`.
    static func tell(
        _ word: UnsafeMutablePointer<UInt32>, _ value: UInt32, sleeps: UnsafeMutablePointer<UInt32>
    ) {
        pooltrace_shared_store(word, value)
        if pooltrace_shared_load(sleeps) != 0 { pooltrace_shared_wake(word) }
    }
}

/// The channel's words, at addresses that do not move.
struct ChannelPage: @unchecked Sendable {
    private let page: UnsafeMutablePointer<pooltrace_channel>
    let request: UnsafeMutablePointer<UInt32>
    let answer: UnsafeMutablePointer<UInt32>
    let workerSleeps: UnsafeMutablePointer<UInt32>
    let poolSleeps: UnsafeMutablePointer<UInt32>
    let started: UnsafeMutablePointer<UInt32>
    let answered: UnsafeMutablePointer<UInt32>
    let stop: UnsafeMutablePointer<UInt32>
    /// Written by a worker that crashes, and read after that.
    let fault: UnsafeMutablePointer<pooltrace_shared_fault>
    private let requestSize: UnsafeMutablePointer<UInt64>
    private let answerSize: UnsafeMutablePointer<UInt64>

    init?(descriptor: Int32) {
        guard let mapping = pooltrace_shared_map(descriptor, Int(POOLTRACE_CHANNEL_BYTES)) else { return nil }
        let page = mapping.bindMemory(to: pooltrace_channel.self, capacity: 1)
        func field<Word>(_ path: KeyPath<pooltrace_channel, Word>) -> UnsafeMutablePointer<Word> {
            // A field of a C struct has an offset.
            (mapping + MemoryLayout<pooltrace_channel>.offset(of: path)!).assumingMemoryBound(to: Word.self)
        }
        self.page = page
        fault = (mapping + Int(POOLTRACE_CHANNEL_FAULT)).bindMemory(to: pooltrace_shared_fault.self, capacity: 1)
        (request, answer) = (field(\.request), field(\.answer))
        (workerSleeps, poolSleeps) = (field(\.worker_sleeps), field(\.pool_sleeps))
        (started, answered, stop) = (field(\.started), field(\.answered), field(\.stop))
        (requestSize, answerSize) = (field(\.request_bytes), field(\.answer_bytes))
    }

    func unmap() { munmap(page, Int(POOLTRACE_CHANNEL_BYTES)) }

    var magic: UInt64 {
        get { page.pointee.magic }
        nonmutating set { page.pointee.magic = newValue }
    }
    var requestBytes: UInt64 {
        get { pooltrace_shared_load_size(requestSize) }
        nonmutating set { pooltrace_shared_store_size(requestSize, newValue) }
    }
    var answerBytes: UInt64 {
        get { pooltrace_shared_load_size(answerSize) }
        nonmutating set { pooltrace_shared_store_size(answerSize, newValue) }
    }
}
