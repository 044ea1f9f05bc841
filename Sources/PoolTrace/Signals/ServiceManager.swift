import PoolModel
import PoolRecorder

/// The service manager that runs this process, systemd or one that speaks its protocol: told when the service is ready,
/// that it lives, and when it stops.
///
/// ```swift
/// try SignalPolicy.run(grace: .seconds(20)) {
///     let pool = try ThreadPool(name: "jobs")
///     let listener = TracedThread(name: "listener", isDaemon: true) { try listen(pool) }
///     try listener.start()
///     try ServiceManager.ready(status: "listening")
///     SignalPolicy.waitForSignal()
///     try pool.shutdown()
/// }
/// ```
///
/// Where no manager asks for notifications (no `NOTIFY_SOCKET`) all of these do nothing, so the program runs in a
/// terminal as well. With `SignalPolicy` in force the manager is told by itself when the first signal comes that the
/// service stops.
public enum ServiceManager {
    private static let watchdog = Guarded(false)

    /// Whether a manager asks for notifications.
    public static var isPresent: Bool { ServiceEnvironment.current.socket != nil }

    /// Reports that the service is ready; units that wait for it start now.
    ///
    /// If the manager expects signs of life (`WatchdogSec=`), a thread of PoolTrace gives one each half of that time
    /// from now on.
    ///
    /// - Parameters:
    ///   - status: A line for `systemctl status`.
    ///   - isAlive: Asked before each sign of life; while it says no, none is given, and the manager soon restarts the
    ///     service.
    /// - Throws: `NotificationError`.
    public static func ready(status: String? = nil, isAlive: @escaping @Sendable () -> Bool = { true }) throws {
        try notify(["READY=1"] + statusLine(status))
        guard let interval = ServiceEnvironment.current.watchdog, isPresent else { return }
        let isFirst = watchdog.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard isFirst else { return }
        BackgroundThread.start(name: "watchdog") {
            OtherThreads.addOwn()
            while true {
                // A manager that is gone for a moment, as in a restart of its own, is told the next time.
                if isAlive() { try? notify(["WATCHDOG=1"]) }
                _ = Parker().wait(until: KernelTime.now + interval / 2)
            }
        }
    }

    /// Sets the service's line in `systemctl status`.
    ///
    /// - Throws: `NotificationError`.
    public static func report(status: String) throws { try notify(statusLine(status)) }

    /// Reports that the service is alive, in a program that does so by itself.
    ///
    /// - Throws: `NotificationError`.
    public static func reportAlive() throws { try notify(["WATCHDOG=1"]) }

    /// Says that the service stops.
    ///
    /// Not thrown: nothing may delay the end.
    static func stopping() { try? notify(["STOPPING=1"]) }

    /// Sends assignments as systemd's `sd_notify` does.
    private static func notify(_ lines: [String]) throws {
        guard let socket = ServiceEnvironment.current.socket else { return }
        try NotifySocket(socket).send(lines.joined(separator: "\n"))
    }

    /// One line, whatever is in it.
    private static func statusLine(_ status: String?) -> [String] {
        guard let status else { return [] }
        return ["STATUS=" + String(status.map { $0.isNewline ? " " : $0 })]
    }
}
