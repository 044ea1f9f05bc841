import CPoolRecorder
import PoolModel
import PoolRecorder

/// Reports tasks that run for longer than their pool's `stallLimit`, each once, with the stack of its thread.
enum Watchdog {
    private struct Watched: Hashable {
        let task: UInt64
        let start: UInt64
    }

    private static let hasStarted = Guarded(false)

    /// Called for a pool with a limit.
    static func watch() {
        let isFirst = hasStarted.withLock { hasStarted in
            defer { hasStarted = true }
            return !hasStarted
        }
        guard isFirst else { return }
        BackgroundThread.start(name: "watchdog") {
            OtherThreads.addOwn()
            var told: Set<Watched> = []
            while true {
                // A quarter of a limit late at most.
                let limits = PoolRegistry.all.compactMap(\.configuration.stallLimit)
                let pause = Parker()
                _ = pause.waitHere(until: KernelTime.now + (limits.min() ?? .seconds(1)) / 4)
                look(&told)
            }
        }
    }

    private static func look(_ told: inout Set<Watched>) {
        let pools = PoolRegistry.all.filter { $0.configuration.stallLimit != nil }
        guard !pools.isEmpty else { return told = [] }
        let now = pooltrace_clock_now()
        var running: Set<Watched> = []
        for core in pools {
            let limit = core.configuration.stallLimit ?? .zero
            for task in RunningTask.all(of: [core])
            where Duration.nanoseconds(Int64(clamping: task.running(at: now))) > limit {
                let watched = Watched(task: task.task, start: task.start)
                running.insert(watched)
                guard !told.contains(watched) else { continue }
                RunMark.stalled(limit: limit).record(task: task.task, at: now)
                let starving = Scheduling.starving
                Notice.write(
                    raw:
                        "pooltrace: pool \"\(TerminalText.escape(core.name))\": a task \(RunMark.stalled(limit: limit).text)\n"
                        + TaskStacks.block(task, at: now, more: starving.map { [("starving", $0)] } ?? []))
                KeptSnapshots.keep("stall: task \(task.title) \(RunMark.stalled(limit: limit).text)", task: task.task)
            }
        }
        // A task that has ended needs no memory of it.
        told = running
    }
}
