import Glibc

/// An LTTng session that records the events of pools into a directory.
public struct RecordingSession: Sendable {
    /// The session's name, which says whose it is.
    public let name: String
    /// Where its traces are written: below it there is one for each user and bitness.
    public let directory: String

    /// Creates the session of this process; it records once it is started.
    ///
    /// - Parameter directory: An absolute path.
    /// - Throws: `LTTngError`, with no session left.
    public init(directory: String) throws {
        name = try SessionOwner.current().sessionName
        self.directory = directory
        try Control.createSession(name, directory: directory)
        do {
            try Control.addChannel(.kept, to: name)
            try Control.addChannel(.ordinary, to: name)
        } catch {
            try? Control.destroy(name)
            throw error
        }
    }

    /// Starts to record.
    public func start() throws { try Control.start(name) }

    /// Stops recording and waits until everything recorded has been written.
    public func stop() throws { try Control.stop(name) }

    /// How many events LTTng did not store because its buffers were full; known for certain once the session is
    /// stopped.
    public func discardedEvents() throws -> UInt64 { try Control.discardedEvents(of: name) }

    /// Removes the session; the traces stay.
    public func destroy() throws { try Control.destroy(name) }

    /// The sessions whose owners have died without removing them.
    public static func stale() throws -> [String] {
        try Control.sessionNames().filter { name in
            SessionOwner(sessionName: name).map { !$0.isAlive } ?? false
        }
    }

    /// Removes the sessions whose owners have died without doing it, but not their traces, and returns their names.
    public static func removeStale() throws -> [String] {
        // Another `record` may be removing one as well.
        try stale().filter { (try? Control.destroy($0)) != nil }
    }
}

// MARK: - What it needs

extension RecordingSession {
    /// Whether this was built with LTTng.
    public static var isSupported: Bool { Control.isSupported }

    /// The bytes of shared memory that the buffers of one user's programs take.
    public static var memory: UInt64 {
        let processors = UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_CONF))))
        return [Channel.kept, .ordinary].reduce(0) { $0 + $1.bufferSize * $1.bufferCount } * processors
    }
}
