internal import ArgumentParser
internal import TraceAnalysis

/// Columns of a list of tasks, with commas between them.
struct TaskColumns: ExpressibleByArgument {
    let keys: [TaskQuery.Key]

    init?(argument: String) {
        let keys = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            TaskQuery.Key(rawValue: String($0))
        }
        guard !keys.contains(nil) else { return nil }
        self.keys = keys.compactMap { $0 }
    }
}
