import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder

/// The threads of the process that serial mode does not control, as the kernel lists them: whether one of them could
/// make something ready.
enum OtherThreads {
    /// The thread IDs of those that only run what is ready.
    private static let own = Guarded<Set<Int32>>([])

    /// Says that the calling thread runs what is ready, or only looks, and does nothing that ends a wait.
    static func addOwn() {
        let number = Int32(bitPattern: pooltrace_own_thread_id())
        own.withLock { _ = $0.insert(number) }
    }

    /// Says that the calling thread may do anything from now on.
    static func removeOwn() {
        let number = Int32(bitPattern: pooltrace_own_thread_id())
        own.withLock { _ = $0.remove(number) }
    }

    /// Whether there are any besides the main thread, those that only run what is ready, and LTTng's
    /// listeners.
    static var exist: Bool {
        guard let threads = try? SystemCalls.entries(of: "/proc/self/task") else { return true }
        let main = getpid()
        let known = own.withLock { $0 }
        return threads.lazy.compactMap { Int32($0) }.contains {
            $0 != main && !known.contains($0) && !name(of: $0).hasSuffix("-ust")
        }
    }

    /// Whether the main thread waits for something, or has ended.
    static var isMainAsleep: Bool {
        let text = SystemCalls.text(of: "/proc/self/task/\(getpid())/stat")
        // The state follows the name, which is in parentheses and may hold any character.
        guard let end = text.lastIndex(of: ")") else { return true }
        return text[end...].dropFirst(2).first != "R"
    }

    private static func name(of thread: Int32) -> String {
        String(SystemCalls.text(of: "/proc/self/task/\(thread)/comm").prefix { $0 != "\n" })
    }
}
