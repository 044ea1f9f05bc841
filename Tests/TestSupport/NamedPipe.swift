import Foundation
import Synchronization

/// A pipe with a name, held open for writing: who reads it sees its end when this process closes it or dies.
public final class NamedPipe: Sendable {
    /// Where it is.
    public let path: String
    private let descriptor: Mutex<Int32>

    /// Makes it and opens it.
    public init(path: String) throws {
        self.path = path
        // Opened for both directions, so that opening does not wait for a reader.
        guard mkfifo(path, 0o600) == 0, case let opened = open(path, O_RDWR | O_CLOEXEC), opened >= 0 else {
            throw TestSupportError("no named pipe \(path): \(String(cString: strerror(errno)))")
        }
        descriptor = Mutex(opened)
    }

    deinit { close() }

    /// Lets its readers see the end.
    public func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}

extension TemporaryDirectory {
    /// A named pipe in this folder.
    public func fifo(_ name: String) throws -> NamedPipe { try NamedPipe(path: path(name)) }
}
