import CPoolRecorder
import Glibc
import PoolRecorder

/// What a thread of this process waits in, as the kernel tells it.
struct BlockedThread: Equatable {
    /// How often the thread has given its processor away: the same number says that it is the same wait.
    let switches: UInt64
    /// What it waits for, in words.
    let text: String
    /// Whether time alone ends the wait.
    let isSleep: Bool
    /// Whether another thread's lock, condition or semaphore ends it.
    let isLock: Bool
    /// Whether only another thread ends it: such a wait, without a limit.
    let isEndless: Bool
    /// Whether the wait goes on after a signal's handler, so that the stack may be looked at.
    let restarts: Bool

    /// Looks at a thread; `nil` if it runs, or is ready to.
    init?(thread: UInt32) {
        let folder = "/proc/self/task/\(thread)"
        let switches = SystemCalls.text(of: "\(folder)/status").split(separator: "\n")
            .first { $0.hasPrefix("voluntary_ctxt_switches:") }
            .flatMap { UInt64($0.split(separator: "\t").last ?? "") }
        // `NUMBER ARGUMENT ... STACK COUNTER`, or `running`.
        let words = SystemCalls.text(of: "\(folder)/syscall").split(whereSeparator: \.isWhitespace)
        guard let switches, words.count > 2, let number = Int(words[0]), number >= 0 else { return nil }
        let call = pooltrace_call_of(number)
        self.switches = switches
        isSleep = call.is_sleep
        isLock = number == pooltrace_call_futex
        // Its fourth argument is where the limit is.
        isEndless = isLock && words.count > 4 && words[4] == "0x0"
        restarts = call.restarts
        guard let name = call.text else {
            text = "system call \(number)"
            return
        }
        let descriptor = Int32(truncatingIfNeeded: UInt64(words[1].dropFirst(2), radix: 16) ?? 0)
        text = String(cString: name) + (call.has_descriptor ? " \(Self.file(descriptor))" : "")
    }

    private static func file(_ descriptor: Int32) -> String {
        let place = "descriptor \(descriptor)"
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let name = buffer.baseAddress else { return place }
            let length = readlink("/proc/self/fd/\(descriptor)", name, buffer.count)
            guard length > 0 else { return place }
            return "\(place), \(String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self))"
        }
    }
}
