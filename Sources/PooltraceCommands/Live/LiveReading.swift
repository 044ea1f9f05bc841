internal import CommandSystem
internal import Glibc
internal import RingAccess
internal import TraceAnalysis
internal import TraceViews

/// Looks at a running process, or at a directory that is being recorded into, again and again, and posts what it sees.
///
/// All that this process does for a look, to the frame that is drawn of it, may cost a certain share of the time until
/// the next one: where it cost more, the next comes later and takes less.
struct LiveReading {
    private let process: Int32
    private let mailbox: ViewMailbox
    private var source: ViewedSource
    private var look: LiveLook
    private var runs: [Run] = []
    /// Whether it is a process that is looked at, and no directory.
    private let isProcess: Bool
    /// Runs beside those looked at, which stay as they are.
    private let others: [ShownRun]
    /// One in so many.
    private let share: UInt64
    private var last: (time: UInt64, emitted: UInt64)?

    private static let interval: UInt64 = 500_000_000
    private static let budgets = (minimum: 1 << 16, maximum: 1 << 22)
    private static let maximumLength: UInt64 = 10_000_000_000

    /// Looks at a process.
    init(_ process: Int32, _ rings: [(name: String, ring: any LiveRing)], to mailbox: ViewMailbox) {
        self.process = process
        self.mailbox = mailbox
        source = ViewedSource(name: "process \(process)")
        look = LiveLook(rings, name: source.name)
        isProcess = true
        others = []
        share = 70
    }

    /// Looks at a directory, behind what has been read of it.
    init(
        following process: Int32, _ rings: [(name: String, ring: any LiveRing)], after reader: RunReader,
        beside others: [ShownRun], source: ViewedSource, to mailbox: ViewMailbox
    ) {
        self.process = process
        self.mailbox = mailbox
        self.source = source
        look = LiveLook(rings, after: reader)
        runs = reader.reading.runs
        isProcess = false
        self.others = others
        share = 20
    }

    /// Goes on until the process has ended.
    mutating func run() {
        source.isLive = true
        var before = Self.now(CLOCK_PROCESS_CPUTIME_ID)
        while true {
            let isEnded = ProcessState.hasEnded(process)
            do {
                take(try look.look())
            } catch { source.note = "\(error)" }
            if isEnded {
                source.isLive = false
                source.note = "the process has ended"
                post(runs)
                return
            }
            let now = Self.now(CLOCK_REALTIME)
            post(runs.map { $0.goingOn(at: now) })
            usleep(UInt32(Self.interval / 1000))
            // With the frame that was drawn meanwhile.
            let after = Self.now(CLOCK_PROCESS_CPUTIME_ID)
            rest(after - before)
            before = after
        }
    }

    private func post(_ runs: [Run]) {
        mailbox.post(runs: others + runs.map { ShownRun($0, isLive: isProcess) }, source: source)
    }

    private mutating func take(_ found: LiveLook.Found?) {
        guard let found else {
            source.rate = source.rate.map { _ in 0 }
            return
        }
        runs = found.runs
        let time = Self.now(CLOCK_MONOTONIC)
        if let last, time > last.time {
            let count = found.emitted - min(found.emitted, last.emitted)
            source.rate = Self.rate(count, nanoseconds: time - last.time)
        }
        last = (time, found.emitted)
        source.note = found.passedOver > 0 ? "\(found.passedOver) events skipped between two updates" : ""
    }

    /// Events a second; what no process emits comes from a damaged ring.
    static func rate(_ count: UInt64, nanoseconds: UInt64) -> Int {
        Int(min(1e15, Double(count) / Double(max(1, nanoseconds)) * 1e9))
    }

    /// Waits until what was done has cost its share of the time at most, and fits the next look's size to it.
    private mutating func rest(_ cost: UInt64) {
        if cost * share > Self.interval { look.budget = max(Self.budgets.minimum, look.budget / 2) }
        if cost * share < Self.interval / 2 { look.budget = min(Self.budgets.maximum, look.budget * 2) }
        let more = min(Self.maximumLength, cost * share)
        if more > Self.interval { usleep(UInt32((more - Self.interval) / 1000)) }
    }

    private static func now(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
