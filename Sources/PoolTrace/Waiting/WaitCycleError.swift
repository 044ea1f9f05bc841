public import PoolModel
import PoolRecorder

/// Tasks wait for each other, so none of them would ever go on.
public struct WaitCycleError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A task of the cycle, and where it was submitted.
    public struct Member: Equatable, Sendable, CustomStringConvertible {
        /// The task's path, `main.3.1`.
        public let task: String
        /// Its name, if it has one.
        public let name: String?
        /// Where it was submitted.
        public let site: Site
        /// If it waits for a lock: where the next task has taken that.
        public internal(set) var heldSince: Site?

        init(_ context: TaskContext) {
            task = context.path.description
            name = Recorder.name(context.job.name)
            site = Recorder.knownSite(context.job.site)
        }

        /// `main.3.1 "walk", submitted at Module/File.swift:41`.
        public var description: String { "\(task)\(name.map { " \"\($0)\"" } ?? ""), submitted at \(site)" }
    }

    /// The tasks, each of which waits for the next, and the last for the first.
    public let members: [Member]

    /// The whole cycle in a sentence.
    public var description: String {
        guard let first = members.first else { return "tasks wait for each other" }
        guard members.count > 1 else { return "a task waits for itself: \(first)" }
        return "tasks wait for each other: "
            + members.map { member in
                let lock = member.heldSince.map { "the lock taken at \($0) by " } ?? ""
                return "\(member), waits for \(lock)"
            }.joined() + first.task
    }
}
