internal import Synchronization
internal import TraceViews

/// What a reading thread hands to the loop that draws: the newest of each, older ones are replaced.
final class ViewMailbox: Sendable {
    /// What came since the last look.
    struct Letter: Sendable {
        var runs: [ShownRun]?
        var source: ViewedSource?
    }

    private let letter = Mutex(Letter())

    /// Hands over runs, or what there is to say of their source.
    func post(runs: [ShownRun]? = nil, source: ViewedSource? = nil) {
        letter.withLock { letter in
            if let runs { letter.runs = runs }
            if let source { letter.source = source }
        }
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
