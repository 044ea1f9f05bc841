/// What some looks, one after the other, have found a task in that does not come to a point.
///
/// Others may have to go on, since one of them may be what it waits for.
struct BlockingLooks {
    private static let long = Duration.seconds(1)
    private static let longest = Duration.seconds(5)

    private let interval: Duration
    /// How long it may run without a point before it seems to spin.
    private let longestRun: Duration
    private var last: BlockedThread?
    /// How many looks have found it in the same lock as the one before, in one short sleep of many, and in anything.
    private var (locks, polls, all) = (0, 0, 0)
    /// How many have found it at work.
    private var running = 0
    private var isSleep = false
    var isTold = false

    /// - Parameters:
    ///   - interval: How much time is between two looks.
    ///   - searches: Whether orders are searched for: then it is more likely to spin until another has done something
    ///     than to be busy for as long.
    init(every interval: Duration, searches: Bool) {
        self.interval = interval
        longestRun = searches ? Self.long : Self.longest
    }

    /// What has been found does not count: it was about to come to a point, or to begin.
    mutating func startAgain() {
        last = nil
        (locks, polls, all, running) = (0, 0, 0, 0)
    }

    /// It has been found at work.
    mutating func addRun() { running += 1 }

    mutating func add(_ wait: BlockedThread) {
        isSleep = wait.isSleep && wait == last
        locks = wait.isLock && wait == last ? locks + 1 : 0
        if wait.isSleep, wait != last { polls += 1 }
        all += 1
        last = wait
    }

    /// Whether it has been found blocked for so long that a person is told.
    var isLong: Bool { interval * all >= Self.long }

    /// Whether others have to go on.
    ///
    /// It waits for a lock that one of them may hold; it sleeps again and again, as if to ask for something in between;
    /// it waits for anything for very long; or it may spin. One long sleep ends by itself.
    var mayNeedOthers: Bool {
        locks > 0 || interval * polls >= Self.long || interval * all >= Self.longest && !isSleep
            || interval * running >= longestRun
    }
}
