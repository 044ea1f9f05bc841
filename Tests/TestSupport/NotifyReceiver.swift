import Foundation

/// A socket for a service manager's notifications, as systemd opens one for a service.
public final class NotifyReceiver: Sendable {
    /// What `NOTIFY_SOCKET` is to say.
    public let name: String
    private let descriptor: Int32

    /// Opens it.
    ///
    /// - Parameter name: A path, or an abstract name after `@`.
    public init(_ name: String) throws {
        self.name = name
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard name.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw TestSupportError("\(name) is too long for a socket's name")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: name.utf8)
            if name.hasPrefix("@") { path[0] = 0 }
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let length = MemoryLayout<sa_family_t>.size + name.utf8.count + (name.hasPrefix("@") ? 0 : 1)
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) }
        }
        guard status == 0 else { throw TestSupportError("\(name): no socket: \(String(cString: strerror(errno)))") }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The next notification; throws if none comes in time.
    public func next() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                var bytes = [UInt8](repeating: 0, count: 4096)
                let count = recv(self.descriptor, &bytes, bytes.count, 0)
                continuation.resume(
                    with: count >= 0
                        ? .success(String(decoding: bytes.prefix(count), as: UTF8.self))
                        : .failure(TestSupportError("\(self.name): no notification came")))
            }
        }
    }
}
