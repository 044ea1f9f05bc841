import CPoolRecorder
import PoolRecorder

extension Baton {
    // MARK: - Takeover

    func startTakeoverThread() {
        guard !hasOneThread else { return }
        let isFirst = monitor.withLock {
            defer { hasTakeoverThread = true }
            return !hasTakeoverThread
        }
        guard isFirst else { return }
        addTakeoverThread()
        watchForBlocking()
    }

    /// Runs `body`, which takes a moment: nobody takes over meanwhile.
    func whileBusy(_ body: () -> Void) {
        monitor.withLock { busy += 1 }
        body()
        monitor.withLock {
            busy -= 1
            progress &+= 1
        }
    }

    func addTakeoverThread() {
        monitor.withLock { idleTakeovers += 1 }
        BackgroundThread.start(name: "serial") { [self] in
            OtherThreads.addOwn()
            while true { takeOverOnce() }
        }
    }

    private func takeOverOnce() {
        var isUsual = false
        let isNeeded = monitor.withLock {
            while ready.isEmpty && !strands.mayPass || swift.isMainIdle { monitor.wait() }
            let seen = progress
            let mayBeUsual = hasSegments && driving == 0 && !SwiftTasks.isMainAsync
            let deadline = KernelTime.now.advanced(by: Self.takeoverDelay)
            while progress == seen, parked == 0 || holder != nil, !isUsual, KernelTime.now < deadline {
                let rest = KernelTime.now.duration(to: deadline)
                monitor.wait(atMost: mayBeUsual ? min(rest, Self.segmentDelay) : rest)
                // Main may be about to submit more.
                isUsual = mayBeUsual && progress == seen && OtherThreads.isMainAsleep
            }
            return (progress == seen && busy == 0 || parked > 0) && holder == nil
                && (!ready.isEmpty || strands.mayPass)
                && !swift.isMainIdle
        }
        guard isNeeded, take(orLeave: true, isTakeover: true) else { return }
        ForeignLocks.enter()
        monitor.withLock {
            idleTakeovers -= 1
            hasSegments = false
            guard parked == 0 else { return note(.threadWaitsForTasks) }
            if isUsual { return }
            note(.takeover(after: Self.takeoverDelay))
        }
        while monitor.withLock({ wanting == 0 }), step() || letTimePass(while: { true }) {}
        monitor.withLock {
            isTakenOver = false
            idleTakeovers += 1
        }
        ForeignLocks.leave(pooltrace_own_thread_id())
        give()
    }
}
