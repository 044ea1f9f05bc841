import Synchronization

/// What the tasks have found so far.
final class Findings: Sendable {
    private struct State {
        var files = 0
        var bytes = 0
        var depth = 0
        var broken: [(file: String, line: String)] = []
    }

    private let state = Mutex(State())

    /// Takes in a good file.
    func add(_ facts: JSONFile.Facts) {
        state.withLock { state in
            state.files += 1
            state.bytes += facts.bytes
            state.depth = max(state.depth, facts.depth)
        }
    }

    /// Takes in a broken file.
    func add(_ error: any Error, in file: String) {
        state.withLock { state in
            state.files += 1
            state.broken.append((file, "\(error)"))
        }
    }

    /// A line for each broken file, by the files' names.
    var brokenFiles: [String] {
        state.withLock { $0.broken }.sorted { $0.file < $1.file }.map(\.line)
    }

    /// How many files were checked, and what they were like.
    func summary(of found: Int) -> String {
        state.withLock { state in
            let good = state.files - state.broken.count
            let checked = state.files == found ? "\(found)" : "\(state.files) of \(found)"
            return "checked \(checked) file\(found == 1 ? "" : "s"): \(state.broken.count) broken, \(good) good with "
                + "\(state.bytes) bytes and at most \(state.depth) level\(state.depth == 1 ? "" : "s")"
        }
    }
}
