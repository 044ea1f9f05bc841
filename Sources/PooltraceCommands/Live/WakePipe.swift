internal import CommandSystem
internal import Glibc
internal import Synchronization

/// What wakes the loop of a full-screen view besides the keyboard: signals, and threads with news, a byte each in one
/// pipe.
///
/// A byte is a signal's number, or 0 for news. The pipe does not block: where it is full, the loop has enough to wake
/// for.
enum WakePipe {
    private static let writeEnd = Atomic<Int32>(-1)

    /// The signals that come as bytes.
    private static let signals = [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGQUIT]

    /// Makes the pipe, and has signals written to it; returns the end to read from.
    static func open() throws(SystemError) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .last("a pipe")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        for signal in signals {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in WakePipe.send(UInt8(truncatingIfNeeded: signal)) }
            action.sa_flags = SA_RESTART
            sigaction(signal, &action, nil)
        }
        return ends[0]
    }

    /// Says that there is news.
    static func wake() { send(0) }

    private static func send(_ byte: UInt8) {
        // A handler leaves errno as it was.
        let before = errno
        var byte = byte
        _ = write(writeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
        errno = before
    }
}
