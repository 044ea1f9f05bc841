import Foundation

/// Check, then act, with the check outside the lock.
package class Account: @unchecked Sendable {
    fileprivate let lock = NSLock()
    fileprivate var balance = 100

    package init() {}

    package func withdraw(_ amount: Int) -> Bool {
        guard balance >= amount else { return false }  // race: check-then-act
        lock.lock()
        defer { lock.unlock() }
        balance -= amount  // race: check-then-act
        return true
    }
}

package final class LockedAccount: Account, @unchecked Sendable {
    override package func withdraw(_ amount: Int) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard balance >= amount else { return false }
        balance -= amount
        return true
    }
}
