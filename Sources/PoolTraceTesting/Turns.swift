import Foundation

/// Takes care that no more children run at a time than there are processors, for all tests of the process together.
actor Turns {
    /// How many.
    static let count = max(1, ProcessInfo.processInfo.activeProcessorCount)
    static let shared = Turns()

    private var free = Turns.count
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs `body` when it is its turn.
    nonisolated func take<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
        await begin()
        let value = await body()
        await end()
        return value
    }

    private func begin() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func end() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
