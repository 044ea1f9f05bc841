import Foundation

/// A plain field: each request reads it, adds, and writes it back.
package class VisitorCounter: @unchecked Sendable {
    package private(set) var visitors = 0

    package init() {}

    package func visit() {
        visitors += 1  // race: plain-field
    }
}

package final class LockedVisitorCounter: VisitorCounter, @unchecked Sendable {
    private let lock = NSLock()

    override package func visit() { lock.withLock { super.visit() } }
}
