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

    /// How many events LTTng did not store because its buffers were full; known for certain once the session is stopped.
    public func discardedEvents() throws -> UInt64 { try Control.discardedEvents(of: name) }

    /// Removes the session; the traces stay.
    public func destroy() throws { try Control.destroy(name) }

    /// Removes the sessions whose owners have died without doing it, but not their traces, and returns their names.
    public static func removeStale() throws -> [String] {
        try Control.sessionNames().filter { name in
            guard let owner = SessionOwner(sessionName: name), !owner.isAlive else { return false }
            // Another `record` may be removing it as well.
            return (try? Control.destroy(name)) != nil
        }
    }
}
