import PoolModel

/// All failures of a map: what `map` throws where its policy is `collectAll`.
///
/// Its description is a report for each way to fail, which counts those that failed the same way.
public struct TaskFailures: Error, Sendable {
    /// The failures, in the order of the inputs; at least one.
    public let failures: [TaskFailure]

    init(_ failures: [TaskFailure]) { self.failures = failures }

    /// The failures by what they have in common: the error's type, the throw site and the task's site.
    ///
    /// In the order of each one's first; each at least one failure.
    public var groups: [[TaskFailure]] {
        var places: [Failure.Signature: Int] = [:]
        var groups: [[TaskFailure]] = []
        for failure in failures {
            let signature = FailureRegistry.signature(of: failure)
            if let place = places[signature] {
                groups[place].append(failure)
            } else {
                places[signature] = groups.count
                groups.append([failure])
            }
        }
        return groups
    }
}

extension TaskFailures: CustomStringConvertible, CustomDebugStringConvertible {
    /// A report for each way to fail, a blank line between them.
    public var description: String { groups.map { "\($0[0])" }.joined(separator: "\n\n") }

    /// The same on lines of its own: what Swift prints for an error that nobody caught.
    public var debugDescription: String { "\n" + description + "\n" }
}
