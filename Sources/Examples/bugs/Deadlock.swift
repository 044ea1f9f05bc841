import Dispatch
import PoolTrace
import Synchronization

/// Deadlock by waiting on the own pool: all workers wait for a picture that only a worker could load.
///
/// A page waits for the logo if it is being loaded. Being loaded it is from the moment when that is submitted, to the
/// pool on which the pages wait.
enum Deadlock {
    /// The logo, loaded once.
    private final class Logo: Sendable {
        private enum State {
            case missing
            case loading
            case loaded(Int)
        }

        private let state = Mutex(State.missing)
        private let loads = DispatchGroup()

        /// Has it loaded, before somebody needs it.
        func prefetch(on pool: ThreadPool) {
            let isNeeded = state.withLock { state in
                guard case .missing = state else { return false }
                state = .loading
                return true
            }
            guard isNeeded else { return }
            loads.enter()
            pool.execute(name: "load") {
                self.load()
                self.loads.leave()
            }
        }

        /// The logo's size.
        func size() -> Int {
            switch state.withLock({ $0 }) {
            case .loaded(let size): return size
            case .missing: return load()
            case .loading:
                loads.wait()
                return size()
            }
        }

        @discardableResult
        private func load() -> Int {
            let size = Table(rows: 50...100).sum()
            state.withLock { $0 = .loaded(size) }
            return size
        }
    }

    static func run() throws {
        let logo = Logo()
        let pages = Atomic(0)
        try withThreadPool(name: "server", workers: 2) { pool in
            // They say whether there is a logo.
            let settings = pool.submit(name: "settings") { Table(rows: 2000...20_000).sum() }
            for _ in 1...2 {
                pool.execute(name: "request") {
                    let request = Table(rows: 50...400)
                    pool.execute(name: "page") {
                        if request.sum() + logo.size() > 0 { pages.wrappingAdd(1, ordering: .relaxed) }
                    }
                }
            }
            if try settings.value() > 0 { logo.prefetch(on: pool) }
        }
        print("\(pages.load(ordering: .relaxed)) pages are served")
    }
}
