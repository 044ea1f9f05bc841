import CPoolRecorder

/// The time that the sleeps and the limits of a serial run go by.
///
/// Where the command has started the program, the program's clocks show it, and go on with each look at them.
struct RunTime {
    private let shared: UnsafePointer<pooltrace_virtual_clock>?
    private let start: ContinuousClock.Instant
    private var own = Duration.zero

    /// - Parameter sleep: What sleeps for so many nanoseconds on the calling thread, where the program's clocks show
    ///   this time; false if the thread has to sleep really; `nil` where they do not.
    init(sleep: (@convention(c) (Int64) -> Bool)?) {
        KernelTime.keepStart()
        shared = sleep.flatMap { pooltrace_virtual_clock_take($0) }
        let passed = shared.map { Duration.nanoseconds($0.pointee.passed()) } ?? .zero
        start = ContinuousClock.now.advanced(by: .zero - passed)
    }

    var now: ContinuousClock.Instant {
        start.advanced(by: shared.map { .nanoseconds($0.pointee.passed()) } ?? own)
    }

    /// Whether the program's clocks show it.
    var isShown: Bool { shared != nil }

    /// Whether it passes by itself, since the program has threads that nobody controls.
    var isReal: Bool { shared?.pointee.is_real() ?? false }

    mutating func pass(_ duration: Duration) {
        if let shared { shared.pointee.pass(duration.nanoseconds) } else { own += duration }
    }
}
