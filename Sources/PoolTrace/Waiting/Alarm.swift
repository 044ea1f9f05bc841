import PoolModel

/// What an async task sleeps on until somebody, of several, rings it.
final class Alarm: Sendable {
    private enum State {
        case quiet
        case waiting(UnsafeContinuation<Void, Never>)
        case rung
    }

    private let state = Guarded(State.quiet)

    func ring() {
        let waiting = state.withLock { state -> UnsafeContinuation<Void, Never>? in
            defer { state = .rung }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume()
    }

    /// Called once.
    func wait() async {
        await withUnsafeContinuation { continuation in
            let hasRung = state.withLock { state in
                if case .rung = state { return true }
                state = .waiting(continuation)
                return false
            }
            if hasRung { continuation.resume() }
        }
    }
}
