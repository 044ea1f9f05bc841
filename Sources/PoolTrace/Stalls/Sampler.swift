import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// Samples the stacks of tasks, where `POOLTRACE_SAMPLE` asks for it: on a processor, and where they are blocked.
///
/// How is in `sampler.c` and `blocked_stack.c`; here is the sampler's thread, and what a blocked task waits for.
enum Sampler {
    private static let hasStarted = Guarded(false)
    /// Bytes of a reason, without the NUL that ends it.
    private static let maximumReason = MemoryLayout.size(ofValue: pooltrace_blocked().reason) - 1

    /// Called for each pool, before its first worker starts.
    static func startIfAsked() {
        guard let period = Settings.current.sample, pooltrace_is_recording() else { return }
        let isFirst = hasStarted.withLock { hasStarted in
            defer { hasStarted = true }
            return !hasStarted
        }
        if isFirst { start(period: period, Settings.current) }
    }

    private static func start(period: Duration, _ settings: Settings) {
        var configuration = pooltrace_sampler_configuration()
        configuration.period = UInt64(period / .nanoseconds(1))
        // In serial mode all but one of the threads wait for their turn.
        configuration.blocked = Scheduling.takesOneTurnAtATime ? 0 : UInt64(settings.blocked / .nanoseconds(1))
        configuration.method =
            switch settings.sampleMethod {
            case .auto: POOLTRACE_SAMPLER_AUTO
            case .perf: POOLTRACE_SAMPLER_PERF
            case .timer: POOLTRACE_SAMPLER_TIMER
            }
        configuration.reasons = { blocked, count in
            guard let blocked else { return }
            Sampler.fill(UnsafeMutableBufferPointer(start: blocked, count: Int(count)))
        }
        if let problem = pooltrace_sampler_start(&configuration) {
            return Notice.write("stacks are not sampled: \(String(cString: problem))")
        }
        Recorder.atExit { pooltrace_sampler_end() }
        BackgroundThread.start(name: "sampler") {
            OtherThreads.addOwn()
            pooltrace_sampler_run()
        }
    }

    /// Says what blocked threads wait for: a task, a lock and who holds it, or what their system calls wait for.
    private static func fill(_ blocked: UnsafeMutableBufferPointer<pooltrace_blocked>) {
        let tasks = RunningTask.all(of: PoolRegistry.all)
        func top(of thread: UInt32) -> RunningTask? {
            tasks.filter { $0.thread == thread }.max { $0.start < $1.start }
        }
        for place in blocked.indices {
            let own = top(of: blocked[place].thread)
            let holder = own?.holder ?? own?.lockThread.flatMap(top).map { "\($0.title) holds it" }
            let text =
                own?.awaited.map { $0 + (holder.map { "; \($0)" } ?? "") }
                ?? BlockedThread(thread: blocked[place].thread)?.text ?? ""
            withUnsafeMutableBytes(of: &blocked[place].reason) { bytes in
                bytes.copyBytes(from: TextLimit.cut(text, to: maximumReason).utf8)
            }
        }
    }
}
