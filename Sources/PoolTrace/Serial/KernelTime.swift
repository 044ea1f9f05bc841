import CRealCalls
import Glibc

/// The continuous clock as the kernel has it, whatever the program's clocks show: for what waits for the machine.
enum KernelTime {
    /// One moment by both: before a serial run begins, the clocks show the kernel's time.
    private static let start = (instant: ContinuousClock.now, nanoseconds: pooltrace_kernel_clock(CLOCK_BOOTTIME))

    static func keepStart() { _ = start }

    /// How long a thread of this process has had a processor; zero if it has ended.
    static func processorTime(of thread: UInt32) -> Duration {
        // The kernel's own number for that clock of a thread: CPUCLOCK_PERTHREAD_MASK and CPUCLOCK_SCHED.
        .nanoseconds(pooltrace_kernel_clock(clockid_t(bitPattern: ~thread << 3) | 6))
    }

    static var now: ContinuousClock.Instant {
        start.instant.advanced(by: .nanoseconds(pooltrace_kernel_clock(CLOCK_BOOTTIME) - start.nanoseconds))
    }
}
