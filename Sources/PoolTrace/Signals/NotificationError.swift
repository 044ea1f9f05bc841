import Glibc
import PoolRecorder

/// A notification of the service manager failed.
public struct NotificationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The socket, as `NOTIFY_SOCKET` names it.
    public let socket: String
    /// The system's error number.
    public let code: Int32

    /// A sentence with the socket and the reason.
    public var description: String {
        switch code {
        case EAFNOSUPPORT:
            "NOTIFY_SOCKET=\(socket): expected an absolute path, or an abstract name after @"
        case ENAMETOOLONG: "NOTIFY_SOCKET=\(socket): a socket's name has at most \(NotifySocket.maximumLength) bytes"
        default: "NOTIFY_SOCKET=\(socket): the notification was not sent: \(SystemError.reason(code))"
        }
    }
}
