internal import PoolModel

extension TaskQuery {
    /// The query with a run's names, sites and failures looked up, so that a task costs a few comparisons.
    public struct Bound {
        private let query: TaskQuery
        private let run: Run
        private let filter: TaskFilter.Bound
        private let texts: [Text]

        init(_ query: TaskQuery, _ run: Run) {
            self.query = query
            self.run = run
            filter = query.filter.bound(to: run)
            texts = query.texts.map { Text($0.lowercased(), run) }
        }

        /// Whether a task is asked for.
        public func matches(_ task: TaskEntry) -> Bool {
            guard task.isShown, filter.matches(task) else { return false }
            if !query.states.isEmpty, !query.states.contains(run.state(of: task)) { return false }
            if let least = query.minimumWait, (task.queueWait ?? 0) < least { return false }
            return texts.allSatisfy { $0.isHeld(by: task, of: run) }
        }
    }

    /// The query for the tasks of `run`.
    public func bound(to run: Run) -> Bound { Bound(self, run) }
}

/// What a name, site, input, error, path, or the name of something that was said must hold.
private struct Text {
    private let names: Set<UInt32>
    private let sites: Set<UInt32>
    /// Tasks whose error or input holds it.
    private let tasks: Set<UInt64>
    private let saying: Set<UInt64>
    private let paths: PathSearch

    /// - Parameter text: In small letters.
    init(_ text: String, _ run: Run) {
        func isHeld(_ other: String) -> Bool { other.lowercased().contains(text) }
        names = Set(run.names(where: isHeld))
        sites = Set(run.sites(where: { isHeld($0.description) }))
        tasks = Set(
            zip(run.failures, run.failureTasks).lazy
                .filter { isHeld("\($0.0.type): \($0.0.message)") || isHeld($0.0.input ?? "") }.map(\.1)
        ).union(run.inputs.lazy.filter { isHeld($0.value) }.map(\.key))
        let named = names
        saying = Set(run.annotations.lazy.filter { named.contains($0.name) }.map(\.task))
        paths = PathSearch(text)
    }

    func isHeld(by task: TaskEntry, of run: Run) -> Bool {
        names.contains(task.name) || sites.contains(task.site) || tasks.contains(task.number)
            || saying.contains(task.number) || paths.isHeld(by: task, of: run)
    }
}

/// Looks for a text in paths, of which there may be millions: a task's is made from the end of its parent's, which most
/// often is the next task's parent too.
private final class PathSearch {
    private let text: [UInt8]
    /// Whether it has a character that is in the last step of a path.
    private let isOfSteps: Bool
    private var parent: (number: UInt64, holds: Bool)?
    /// The parent's path, as much of it as a match can take in besides a character of the step, and then the step.
    private var buffer: [UInt8] = []
    private var tail = 0

    init(_ text: String) {
        self.text = Array(text.utf8)
        isOfSteps = text.contains { $0.isNumber || ".[]".contains($0) }
    }

    func isHeld(by task: TaskEntry, of run: Run) -> Bool {
        if run.isNamedByTrace(task) { return isHeld(in: Array(run.path(of: task).lowercased().utf8)[...]) }
        if parent?.number != task.parent { take(task.parent, run) }
        if parent?.holds == true { return true }
        guard isOfSteps else { return false }
        buffer.removeSubrange(tail...)
        buffer += run.step(of: task).utf8
        return isHeld(in: buffer[...])
    }

    private func take(_ number: UInt64, _ run: Run) {
        let path = Array(run.path(ofTask: number).lowercased().utf8)
        parent = (number, isHeld(in: path[...]))
        buffer = path.suffix(max(0, text.count - 1))
        tail = buffer.count
    }

    private func isHeld(in bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first else { return true }
        var rest = bytes
        while rest.count >= text.count, let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: text) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
