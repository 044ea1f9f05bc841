import Subprocess
import Synchronization

/// What a child has printed so far on one of its streams, and who waits for more of it.
final class ChildOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var ended = false
        var waiters: [(met: @Sendable ([UInt8]) -> Bool, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Mutex(State())

    var bytes: [UInt8] { state.withLock { $0.bytes } }

    /// Reads the stream to its end.
    func collect(_ stream: SubprocessOutputSequence) async throws {
        defer { update { $0.ended = true } }
        for try await buffer in stream {
            buffer.withUnsafeBytes { bytes in update { $0.bytes += bytes } }
        }
    }

    /// Returns whether `text` was printed, as soon as it was or can no longer be.
    func wait(for text: [UInt8]) async -> Bool {
        await wait { $0.firstRange(of: text) != nil }
    }

    /// Returns whether a condition on what was printed is met, as soon as it is or can no longer be.
    func wait(where condition: @escaping @Sendable ([UInt8]) -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            update { $0.waiters.append((condition, continuation)) }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            state.waiters.removeAll { waiter in
                let found = waiter.met(state.bytes)
                if found || state.ended { waiter.continuation.resume(returning: found) }
                return found || state.ended
            }
        }
    }
}
