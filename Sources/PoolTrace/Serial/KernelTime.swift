import CRealCalls
import Glibc

/// The continuous clock as the kernel has it, whatever the program's clocks show: for what waits for the machine.
enum KernelTime {
    /// One moment by both: before a serial run begins, the clocks show the kernel's time.
    private static let start = (instant: ContinuousClock.now, nanoseconds: pooltrace_kernel_clock(CLOCK_BOOTTIME))

    static func keepStart() { _ = start }

    static var now: ContinuousClock.Instant {
        start.instant.advanced(by: .nanoseconds(pooltrace_kernel_clock(CLOCK_BOOTTIME) - start.nanoseconds))
    }
}
