import CPoolWorker
import Glibc
import PoolModel

/// The thread that starts worker processes, reads what they print, and finds out that they have ended.
///
/// There is one in the process, from the first pool of processes on: a worker dies with the thread that started it, so
/// this one never ends. Everything of a `WorkerProcess` that is not guarded otherwise is this thread's.
final class ProcessWatch: @unchecked Sendable {
    static let shared = ProcessWatch()

    private let monitor = Monitor()
    /// Guarded by the monitor.
    private var orders: [() -> Void] = []
    /// The pipe that wakes the thread.
    private var ends: [Int32] = [-1, -1]
    /// The thread's own.
    private var workers: [WorkerProcess] = []

    private init() {
        _ = ends.withUnsafeMutableBufferPointer { pooltrace_worker_pipe($0.baseAddress) }
        BackgroundThread.start(name: "workers") { [self] in
            while true { watchOnce() }
        }
    }

    /// Has the thread do something soon.
    func order(_ body: @escaping () -> Void) {
        monitor.withLock { orders.append(body) }
        var byte: UInt8 = 0
        _ = write(ends[1], &byte, 1)
    }

    /// Has the thread do something, and waits for it.
    func perform<Result>(_ body: @escaping () -> Result) -> Result {
        var result: Result?
        let done = Monitor()
        order {
            let made = body()
            done.withLock {
                result = made
                done.notifyAll()
            }
        }
        return done.withLock {
            while true {
                if let result { return result }
                done.wait()
            }
        }
    }

    /// On the thread.
    func add(_ worker: WorkerProcess) { workers.append(worker) }

    /// On the thread: the workers that have not ended.
    var living: [WorkerProcess] { workers }

    private func watchOnce() {
        var polled = [pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)]
        for worker in workers {
            polled.append(pollfd(fd: worker.ended, events: Int16(POLLIN), revents: 0))
            // A negative descriptor is left out.
            polled.append(pollfd(fd: worker.output.descriptor, events: Int16(POLLIN), revents: 0))
        }
        let limit = workers.compactMap(\.millisecondsLeft).min() ?? -1
        let count = poll(&polled, nfds_t(polled.count), limit)
        guard count >= 0 else { return }
        if polled[0].revents != 0 { takeOrders() }
        // Orders only add workers, behind those that were asked for.
        var gone: [WorkerProcess] = []
        for (index, worker) in workers.enumerated() where index * 2 + 2 < polled.count {
            if polled[index * 2 + 2].revents != 0 { worker.output.read(of: worker) }
            if polled[index * 2 + 1].revents != 0, worker.reap() { gone.append(worker) }
            if worker.millisecondsLeft == 0 { worker.kill() }
        }
        if !gone.isEmpty { workers.removeAll { worker in gone.contains { $0 === worker } } }
    }

    private func takeOrders() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while withUnsafeMutableBytes(of: &bytes, { read(ends[0], $0.baseAddress, $0.count) }) > 0 {}
        let taken = monitor.withLock {
            defer { orders = [] }
            return orders
        }
        for order in taken { order() }
    }
}
