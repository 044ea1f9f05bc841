import Foundation

/// A lazy property: the first task that asks computes it.
package class Survey: @unchecked Sendable {
    private let answers: [Int]
    private lazy var mean = answers.reduce(0, +) / answers.count

    package init(_ answers: [Int]) { self.answers = answers }

    package func summary() -> String {
        "\(answers.count) answers, mean \(mean)"  // race: lazy-property
    }
}

package final class LockedSurvey: Survey, @unchecked Sendable {
    private let lock = NSLock()

    override package func summary() -> String { lock.withLock { super.summary() } }
}
