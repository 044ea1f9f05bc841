import Synchronization

// Tasks that ask again and again, without a suspension, for what another one does.
extension AsyncCase {
    /// One looks whether it is cancelled until it is, by a task behind it.
    func looks() async {
        let spinner = Task.detached { spinUntilCancelled() }
        await Task.detached { spinner.cancel() }.value
        await spinner.value
        print("cancelled")
    }

    /// The same by the function that throws.
    func checks() async {
        let spinner = Task.detached { while true { try Task.checkCancellation() } }
        await Task.detached { spinner.cancel() }.value
        print("cancelled \(await spinner.result.isCancelled)")
    }

    /// The same, by a task that sleeps first.
    func sleeperCancels() async {
        let spinner = Task.detached { spinUntilCancelled() }
        await Task.detached {
            try? await Task.sleep(for: .milliseconds(20))
            spinner.cancel()
        }.value
        await spinner.value
        print("cancelled")
    }

    /// The same, by main, which comes back to its thread first.
    @MainActor
    func mainCancels() async {
        let spinner = Task.detached { spinUntilCancelled() }
        await Task.yield()
        MainActor.preconditionIsolated()
        spinner.cancel()
        await spinner.value
        MainActor.preconditionIsolated()
        print("cancelled")
    }

    /// One spins until a task behind it has set a flag.
    func flag() async {
        let isSet = Flag()
        let spinner = Task.detached { spin(until: isSet) }
        await Task.detached { isSet.set() }.value
        await spinner.value
        print("set")
    }

    /// The same, where main sets it.
    @MainActor
    func mainFlag() async {
        let isSet = Flag()
        let spinner = Task.detached { spin(until: isSet) }
        await Task.yield()
        isSet.set()
        await spinner.value
        print("set")
    }

    /// One spins for ever, with others behind it.
    func stuck() async {
        let isSet = Flag()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { spin(until: isSet) }
            for _ in 0..<5 { group.addTask {} }
        }
        print("never printed")
    }
}

private func spinUntilCancelled() { while !Task.isCancelled {} }

private func spin(until flag: Flag) { while !flag.isSet {} }

private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

extension Result {
    fileprivate var isCancelled: Bool {
        if case .failure(let error) = self { error is CancellationError } else { false }
    }
}
