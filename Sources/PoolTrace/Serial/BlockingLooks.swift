import PoolModel
import PoolRecorder

/// What some looks, one after the other, have found a task in that does not come to a point.
///
/// Others may have to go on, since one of them may be what it waits for.
struct BlockingLooks {
    private static let long = Duration.seconds(1)
    private static let longest = Duration.seconds(5)

    private let interval: Duration
    /// How much processor time it may take without a point before it seems to spin.
    private let longestRun: Duration
    private var last: BlockedThread?
    /// How many looks have found it in the same lock as the one before, in one short sleep of many, and in anything.
    private var (locks, polls, all) = (0, 0, 0)
    /// How much processor time its thread had taken when it was first found at work.
    private var runStart: Duration?
    /// How much processor time it has taken since.
    private(set) var runTime = Duration.zero
    private var isSleep = false
    /// Whether it has been told that it is blocked, and that it spins.
    var isTold = false
    var isSpinTold = false
    /// What the trace says of it.
    var noted: MarkKind?

    /// - Parameters:
    ///   - interval: How much time is between two looks.
    ///   - searches: Whether orders are searched for: then it is more likely to spin until another has done something
    ///     than to be busy for as long.
    init(every interval: Duration, searches: Bool) {
        self.interval = interval
        longestRun = Settings.current.spinLimit ?? (searches ? Self.long : Self.longest)
    }

    /// Looks at its thread.
    ///
    /// - Returns: What it is blocked in, if it is.
    mutating func look(at thread: UInt32) -> BlockedThread? {
        if let wait = BlockedThread(thread: thread) {
            add(wait)
            return wait
        }
        let time = KernelTime.processorTime(of: thread)
        let start = runStart ?? time
        runStart = start
        runTime = max(runTime, time - start)
        return nil
    }

    /// What has been found does not count: it was about to come to a point, or to begin.
    mutating func startAgain() {
        (last, runStart) = (nil, nil)
        (locks, polls, all, runTime) = (0, 0, 0, .zero)
    }

    private mutating func add(_ wait: BlockedThread) {
        isSleep = wait.isSleep && wait == last
        locks = wait.isLock && wait == last ? locks + 1 : 0
        if wait.isSleep, wait != last { polls += 1 }
        all += 1
        last = wait
    }

    /// Whether it has been found blocked for so long that a person is told.
    var isLong: Bool { interval * all >= Self.long }

    /// Whether it has run for so long that it is noted.
    var hasRunLong: Bool { runTime >= min(Self.long, longestRun) }

    /// Whether it may spin until another has done something.
    var spins: Bool { runTime >= longestRun }

    /// Whether it is to be noted, or others have to go on.
    var isOverdue: Bool { isLong && !isTold || hasRunLong && !isSpinTold || mayNeedOthers }

    /// Whether others have to go on.
    ///
    /// It waits for a lock that one of them may hold; it sleeps again and again, as if to ask for something in between;
    /// it waits for anything for very long; or it may spin. One long sleep ends by itself.
    var mayNeedOthers: Bool {
        locks > 0 || interval * polls >= Self.long || interval * all >= Self.longest && !isSleep
            || spins
    }
}
