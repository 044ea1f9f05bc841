import Glibc
import PoolTrace

/// A socket that takes connections, each of which becomes a task.
struct Listener: Sendable {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SystemError(path: path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // What another run has left.
        unlink(path)
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(descriptor, 16) == 0 else { throw SystemError(path: path, code: errno) }
        self.descriptor = descriptor
    }

    /// Submits a task for each connection, for ever.
    func serve(on pool: ThreadPool) throws {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                throw SystemError(path: path, code: errno)
            }
            pool.execute(name: "request") { try Request(connection).answer() }
        }
    }

    func remove() { unlink(path) }
}

/// What the system said, and about what.
struct SystemError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "\(path): \(String(cString: strerror(code)))" }
}
