internal import Synchronization
internal import TraceAnalysis
internal import TraceViews

/// What a reading thread hands to the loop that draws: the newest of each, older ones are replaced.
final class ViewMailbox: Sendable {
    /// What came since the last look.
    struct Letter: Sendable {
        var runs: [ShownRun]?
        var source: ViewedSource?
        /// The lints of each of the runs that came last.
        var lints: [[Lint]]?
    }

    private let letter = Mutex(Letter())

    /// Hands over runs, or what there is to say of their source.
    func post(runs: [ShownRun]? = nil, source: ViewedSource? = nil) {
        letter.withLock { letter in
            if let runs { (letter.runs, letter.lints) = (runs, nil) }
            if let source { letter.source = source }
        }
        WakePipe.wake()
    }

    /// Hands over the lints of the runs that were handed over last.
    func post(lints: [[Lint]]) {
        letter.withLock { $0.lints = lints }
        WakePipe.wake()
    }

    /// Takes what came.
    func take() -> Letter {
        letter.withLock { letter in
            let taken = letter
            letter = Letter()
            return taken
        }
    }
}
