internal import Glibc
internal import TraceViews

/// Looks at a running process again and again, and posts what it sees.
///
/// A look may cost a hundredth of the time until the next one: where it cost more, the next comes later and takes less.
enum LiveReading {
    private static let interval: UInt64 = 500_000_000
    private static let share: UInt64 = 100
    private static let budgets = (least: 1 << 16, most: 1 << 22)

    static func read(_ process: Int32, _ rings: [(name: String, ring: any LiveRing)], to mailbox: ViewMailbox) {
        var source = ViewedSource(name: "process \(process)")
        source.isLive = true
        var live = LiveLook(rings)
        var last: (time: UInt64, emitted: UInt64)?
        while true {
            let isEnded = kill(process, 0) != 0 && errno == ESRCH
            let begin = now(CLOCK_THREAD_CPUTIME_ID)
            do {
                if let found = try live.look() {
                    let time = now(CLOCK_MONOTONIC)
                    if let last, time > last.time {
                        source.rate = Int(
                            Double(found.emitted &- min(found.emitted, last.emitted)) / Double(time - last.time) * 1e9)
                    }
                    last = (time, found.emitted)
                    source.note = found.passedOver > 0 ? "\(found.passedOver) passed over between two looks" : ""
                    mailbox.post(runs: found.runs.map(ShownRun.init), source: source)
                } else if source.rate != 0 {
                    source.rate = 0
                    mailbox.post(source: source)
                }
            } catch {
                source.note = "\(error)"
                mailbox.post(source: source)
            }
            if isEnded {
                source.isLive = false
                source.note = "the process has ended"
                mailbox.post(source: source)
                return
            }
            let cost = now(CLOCK_THREAD_CPUTIME_ID) - begin
            if cost * share > interval { live.budget = max(budgets.least, live.budget / 2) }
            if cost * share < interval / 3 { live.budget = min(budgets.most, live.budget * 2) }
            usleep(UInt32(min(5_000_000, max(interval, cost * share) / 1000)))
        }
    }

    private static func now(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
