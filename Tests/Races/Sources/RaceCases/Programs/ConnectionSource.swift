import Foundation

/// Double-checked initialization: the first check is outside the lock.
package class ConnectionSource: @unchecked Sendable {
    package final class Connection: Sendable {
        let host: String

        init(host: String) { self.host = host }
    }

    private let lock = NSLock()
    private var connection: Connection?

    package init() {}

    package func connect() -> Connection {
        if let connection { return connection }  // race: double-checked
        return connectLocked()
    }

    fileprivate func connectLocked() -> Connection {
        lock.withLock {
            if let connection { return connection }
            let new = Connection(host: "db.example")
            connection = new  // race: double-checked
            return new
        }
    }
}

package final class LockedConnectionSource: ConnectionSource, @unchecked Sendable {
    override package func connect() -> Connection { connectLocked() }
}
