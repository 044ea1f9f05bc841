import Glibc
import PoolRecorder

/// What a service manager such as systemd tells a process in its environment.
package struct ServiceEnvironment: Sendable, Equatable {
    /// `NOTIFY_SOCKET`: the socket that takes notifications, a path, or an abstract name after `@`; nil: nobody asks
    /// for any.
    package var socket: String?
    /// `WATCHDOG_USEC`: how long the manager waits at most from one sign of life to the next; nil: it expects none from
    /// this process.
    package var watchdog: Duration?

    /// Reads an environment.
    ///
    /// - Parameters:
    ///   - process: This process's ID: signs of life are expected of the process that `WATCHDOG_PID` names alone.
    ///   - environment: A variable's value.
    package init(process: Int32, environment: (String) -> String?) {
        socket = environment("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : $0 }
        let named = environment("WATCHDOG_PID").flatMap { $0.isEmpty ? nil : $0 }
        guard named == nil || named.flatMap({ Int32($0) }) == process else { return }
        watchdog = environment("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap { $0 > 0 ? .microseconds($0) : nil }
    }

    /// This process's.
    static let current = ServiceEnvironment(process: getpid()) { Settings.serviceManager[$0] }
}
