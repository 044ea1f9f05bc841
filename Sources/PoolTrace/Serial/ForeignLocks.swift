import CPoolRecorder
import PoolModel

/// The program's locks that are not PoolTrace's, in a serial run that the command has started: a thread that would
/// block in one lets others go on, as in a wait of PoolTrace's own.
///
/// The preloaded library stands in for the C library's locks, and below them for the kernel's; it knows who waits and
/// asks the engine for its turn. See `turns.c`.
enum ForeignLocks {
    nonisolated(unsafe) private static var library: UnsafePointer<pooltrace_foreign_locks>?

    /// What the library asks of the engine; each is for the run that is under way.
    private static func turns(searches: Bool) -> pooltrace_turns {
        pooltrace_turns(
            searches: searches,
            point: { RaceDetection.own { Scheduling.lockPoint() } },
            is_inside: { pooltrace_thread().pointee.monitors > 0 },
            may_wait: { RaceDetection.own { Scheduling.takesTurns } },
            prepare: { RaceDetection.own { UnsafeMutableRawPointer(Unmanaged.passRetained(Parker()).toOpaque()) } },
            wait: { turn, nanoseconds in
                guard let parker = Self.parker(turn) else { return false }
                let deadline = nanoseconds < 0 ? nil : Scheduling.now.advanced(by: .nanoseconds(nanoseconds))
                return RaceDetection.own { Scheduling.park(on: parker, until: deadline, isForeign: true) }
            },
            wake: { turn in
                RaceDetection.own {
                    Scheduling.noteWake()
                    Self.parker(turn)?.signal()
                }
            },
            keep: { turn in turn.map { _ = Unmanaged<Parker>.fromOpaque($0).retain() } },
            end: { turn in turn.map { Unmanaged<Parker>.fromOpaque($0).release() } })
    }

    private static func parker(_ turn: UnsafeMutableRawPointer?) -> Parker? {
        turn.map { Unmanaged<Parker>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Never changed once it is given to the library.
    nonisolated(unsafe) private static let ofSearch = kept(turns(searches: true))
    nonisolated(unsafe) private static let ofOther = kept(turns(searches: false))

    private static func kept(_ turns: pooltrace_turns) -> UnsafePointer<pooltrace_turns> {
        let place = UnsafeMutablePointer<pooltrace_turns>.allocate(capacity: 1)
        place.initialize(to: turns)
        return UnsafePointer(place)
    }

    /// Begins, or goes on with another execution.
    ///
    /// - Parameter searches: Whether each lock that the program takes is a decision point.
    static func take(searches: Bool) {
        let turns = searches ? ofSearch : ofOther
        makeReady(turns)
        library = pooltrace_foreign_locks_take(turns)
    }

    /// Uses what is called by a thread that has just taken a lock, which may be one of the runtime's: whatever the
    /// runtime makes at the first use, metadata of types above all, it would want that lock for.
    private static func makeReady(_ turns: UnsafePointer<pooltrace_turns>) {
        let turn = turns.pointee.prepare()
        turns.pointee.keep(turn)
        turns.pointee.end(turn)
        turns.pointee.end(turn)
    }

    /// The calling thread has its turn, and takes part from now on.
    static func enter() { library?.pointee.enter() }

    /// Runs `body`, which is PoolTrace's own code, without a turn to give.
    ///
    /// A lock of the runtime's that another thread holds is really waited for. None that is stopped in the middle of a
    /// task holds one.
    static func aside<Result>(_ body: () -> Result) -> Result {
        pooltrace_thread().pointee.monitors += 1
        defer { pooltrace_thread().pointee.monitors -= 1 }
        return body()
    }

    /// A thread takes no part until it has its turn again.
    static func leave(_ thread: UInt32) { library?.pointee.leave(thread) }

    /// The calling thread is about to end.
    static func end() { library?.pointee.end() }

    /// Nothing is ready: wakes those whose wake came at a bad moment, if there are any.
    static func settle() -> Bool { library?.pointee.settle() ?? false }

    /// What a thread waits for; nil if it is no such lock.
    static func wait(ofThread thread: UInt32) -> Wait? {
        var wait = pooltrace_foreign_wait()
        guard let library, library.pointee.find(thread, &wait) else { return nil }
        let address = UInt(bitPattern: wait.lock)
        return Wait(
            lock: "\(String(cString: wait.kind)) at 0x\(String(address, radix: 16))",
            holder: wait.holder == 0 ? nil : wait.holder,
            takenAt: [wait.taken_at.0, wait.taken_at.1].compactMap { $0.map { UInt64(UInt(bitPattern: $0)) } })
    }

    /// A thread's wait for a lock.
    struct Wait {
        /// In words: what it is, and where it lies.
        let lock: String
        /// The number of the thread that has it, if that is known.
        let holder: UInt32?
        /// The code that took it, and what called that; empty if it is unknown.
        fileprivate let takenAt: [UInt64]

        /// Where it was taken: ", taken at File.swift:12"; empty if that is unknown.
        var site: String {
            let frames = takenAt.lazy.flatMap { ThrowSite.frames(at: $0) }
            guard let frame = frames.first(where: { !$0.file.isEmpty }) else { return "" }
            return ", taken at \(TerminalText.escape("\(frame.file):\(frame.line)"))"
        }
    }
}
