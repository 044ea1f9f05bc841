import PoolTrace
import Synchronization

/// Starvation: new settings wait for a moment in which no request is under way, and give up after three tries.
///
/// A request begins in one task and ends in another. Nothing keeps new ones from beginning while the settings wait.
enum Starvation {
    struct Starved: Error, CustomStringConvertible {
        let tries: Int
        var description: String {
            "requests were under way each time, \(tries) times, that the settings were to change"
        }
    }

    struct OldSettings: Error, CustomStringConvertible {
        var description: String { "the settings have not been changed" }
    }

    private final class Server: Sendable {
        private struct State {
            var requests = 0
            var settings = "old"
        }

        private let state = Mutex(State())

        var settings: String { state.withLock { $0.settings } }

        func begin() { state.withLock { $0.requests += 1 } }
        func end() { state.withLock { $0.requests -= 1 } }

        func change(to settings: String, try number: Int = 1, on pool: ThreadPool) throws {
            let isDone = state.withLock { state in
                guard state.requests == 0 else { return false }
                state.settings = settings
                return true
            }
            if isDone { return }
            guard number < 3 else { throw Starved(tries: number) }
            pool.execute(name: "settings") { try self.change(to: settings, try: number + 1, on: pool) }
        }
    }

    static func run() throws {
        let server = Server()
        try withThreadPool(name: "server", workers: 2) { pool in
            for _ in 1...2 {
                pool.execute(name: "request") {
                    server.begin()
                    let answer = Table(rows: 50...400)
                    pool.execute(name: "answer") {
                        if answer.sum() > 0 { server.end() }
                    }
                }
            }
            pool.execute(name: "settings") {
                // Of a length that makes it last.
                let file = Table(rows: 50...400)
                if file.sum() > 0 { try server.change(to: "new", on: pool) }
            }
        }
        guard server.settings == "new" else { throw OldSettings() }
        print("the settings are new")
    }
}
