import CPoolRecorder
import CRealCalls

/// The word that a thread sleeps on until somebody signals it.
///
/// `prepare` before the parker is shown to a signaller, `wait` afterwards; each signal ends one wait, also when it
/// comes first.
final class Parker: @unchecked Sendable {
    private let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)

    /// The strand of a serial run that waits; guarded by the baton's monitor.
    unowned(unsafe) var strand: Strand?

    init() { word.initialize(to: 0) }

    deinit { word.deallocate() }

    func prepare() { _ = pooltrace_word_exchange(word, 0) }

    func signal() {
        pooltrace_delay()
        _ = pooltrace_word_exchange(word, 1)
        pooltrace_delay()
        pooltrace_futex_wake(word, 1)
        Scheduling.signalled(self)
    }

    var isSignalled: Bool { pooltrace_word_load(word) != 0 }

    /// Waits for the signal; false if `deadline` came first.
    func wait(until deadline: ContinuousClock.Instant? = nil) -> Bool {
        if let strand = Scheduling.strand { return strand.wait(for: self, until: deadline) }
        return waitHere(until: deadline)
    }

    /// The same for what no task of a serial run brings about: the calling thread sleeps, whatever it holds, until a
    /// time of the kernel's.
    func waitHere(until deadline: ContinuousClock.Instant? = nil) -> Bool {
        while pooltrace_word_load(word) == 0 {
            pooltrace_delay()
            guard let deadline else {
                pooltrace_futex_wait(word, 0, -1)
                continue
            }
            let left = KernelTime.now.duration(to: deadline)
            guard left > .zero else { return false }
            pooltrace_futex_wait(word, 0, left.nanoseconds)
        }
        return true
    }
}

extension Duration {
    /// The duration in nanoseconds, at most what an `Int64` holds.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }
}
