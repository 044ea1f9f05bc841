import Foundation
import Synchronization

/// Opens once; who waits for it blocks until then.
final class Gate: Sendable {
    private let isOpen = Atomic<Bool>(false)
    func open() { isOpen.store(true, ordering: .releasing) }
    func wait() { while !isOpen.load(ordering: .acquiring) { sched_yield() } }
}

/// Tasks that wait until so many of them have come.
final class Arrivals: Sendable {
    private let count = Atomic<Int>(0)
    func waitFor(_ number: Int) {
        count.add(1, ordering: .acquiringAndReleasing)
        while count.load(ordering: .acquiring) < number { sched_yield() }
    }
}

/// The names of this process's threads.
func threadNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { thread in
        try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
    }
}
