import Glibc

/// A datagram socket that takes a service manager's notifications, as its documentation of `sd_notify` says.
struct NotifySocket {
    /// How long a name may be, the first `/` or `@` among it.
    static let maximumLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private let name: String

    /// A path, or an abstract name after `@`.
    init(_ name: String) { self.name = name }

    /// Sends one datagram.
    func send(_ text: String) throws(NotificationError) {
        guard name.hasPrefix("/") || name.hasPrefix("@"), name.utf8.count > 1 else { throw error(EAFNOSUPPORT) }
        guard name.utf8.count <= Self.maximumLength else { throw error(ENAMETOOLONG) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            path.copyBytes(from: name.utf8)
            // An abstract name begins with a zero byte, and ends with its last: no zero after it.
            if name.hasPrefix("@") { path[0] = 0 }
        }
        let length = MemoryLayout<sa_family_t>.size + name.utf8.count + (name.hasPrefix("@") ? 0 : 1)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw error(errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        let sent = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, socklen_t(length))
            }
        }
        guard sent == bytes.count else { throw error(errno) }
    }

    private func error(_ code: Int32) -> NotificationError { NotificationError(socket: name, code: code) }
}
