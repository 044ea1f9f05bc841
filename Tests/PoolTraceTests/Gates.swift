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
    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }
    func waitFor(_ number: Int) {
        count.add(1, ordering: .acquiringAndReleasing)
        while count.load(ordering: .acquiring) < number { sched_yield() }
    }
}

/// What several threads add to.
final class Collected<Element>: @unchecked Sendable {
    private let lock = NSLock()
    private var elements: [Element] = []
    var all: [Element] { lock.withLock { elements } }
    func add(_ element: Element) { lock.withLock { elements.append(element) } }
}

/// A thread outside every pool.
final class BackgroundSubmitter: Sendable {
    private let isDone = Gate()
    init(_ body: @escaping @Sendable () -> Void) {
        let isDone = isDone
        Thread.detachNewThread {
            body()
            isDone.open()
        }
    }
    func join() { isDone.wait() }
}

/// Lets other threads run.
func yield() { sched_yield() }

/// The names of this process's threads.
func threadNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { thread in
        try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
    }
}
