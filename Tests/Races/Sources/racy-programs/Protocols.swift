import PoolTrace
import RaceCases
import Synchronization

/// Three protocols between threads that PoolTrace itself is made of, with the orders of their atomics as they have to
/// be (`fixed`), and with one too weak.
///
/// In each, one task has ended before the other one starts, and no wait says so: only the atomics order them.
let protocols: [PoolCase] = [
    // A future's result and its phase.
    .program("weak-publication") { fixed in
        let cell = Publication(isWeak: !fixed)
        try twoTasks({ cell.publish(7) }, { if let value = cell.value { precondition(value == 7) } })
    },
    // A lane: one thread pushes, another one takes.
    .program("weak-queue") { fixed in
        let queue = Queue(capacity: 8, isWeak: !fixed)
        try twoTasks(
            { for number in 0..<4 { queue.push(number) } },
            { while let number = queue.pop() { precondition(number < 4) } })
    },
    // The last of several looks at what all of them have done: a map's count of chunks.
    .program("weak-count") { fixed in
        let count = Countdown(2, isWeak: !fixed)
        try twoTasks({ count.leave(with: 3) }, { count.leave(with: 4) })
    },
]

private func twoTasks(_ first: @escaping @Sendable () -> Void, _ second: @escaping @Sendable () -> Void) throws {
    try withThreadPool(workers: 2) { pool in
        let first = pool.submit { first() }
        let second = pool.submit { second() }
        try first.value()
        try second.value()
    }
}

private final class Publication: @unchecked Sendable {
    private var stored: Int?
    private let isThere = Atomic(false)
    private let isWeak: Bool

    init(isWeak: Bool) { self.isWeak = isWeak }

    func publish(_ value: Int) {
        stored = value  // race: weak-publication
        if isWeak { isThere.store(true, ordering: .relaxed) } else { isThere.store(true, ordering: .releasing) }
    }

    var value: Int? {
        guard isThere.load(ordering: .acquiring) else { return nil }
        return stored  // race: weak-publication
    }
}

private final class Queue: @unchecked Sendable {
    private let slots: UnsafeMutableBufferPointer<Int>
    private let pushed = Atomic(0)
    private let popped = Atomic(0)
    private let isWeak: Bool

    init(capacity: Int, isWeak: Bool) {
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: 0)
        self.isWeak = isWeak
    }

    deinit { slots.deallocate() }

    func push(_ element: Int) {
        let place = pushed.load(ordering: .relaxed)
        precondition(place - popped.load(ordering: .acquiring) < slots.count)
        slots[place % slots.count] = element  // race: weak-queue
        pushed.store(place + 1, ordering: .releasing)
    }

    func pop() -> Int? {
        let place = popped.load(ordering: .relaxed)
        let end = isWeak ? pushed.load(ordering: .relaxed) : pushed.load(ordering: .acquiring)
        guard place < end else { return nil }
        let element = slots[place % slots.count]  // race: weak-queue
        popped.store(place + 1, ordering: .releasing)
        return element
    }
}

private final class Countdown: @unchecked Sendable {
    private let left: Atomic<Int>
    private let results: UnsafeMutableBufferPointer<Int>
    private let isWeak: Bool

    init(_ count: Int, isWeak: Bool) {
        left = Atomic(count)
        results = .allocate(capacity: count)
        results.initialize(repeating: 0)
        self.isWeak = isWeak
    }

    deinit { results.deallocate() }

    func leave(with result: Int) {
        results[left.load(ordering: .relaxed) - 1] = result  // race: weak-count
        let rest =
            isWeak
            ? left.wrappingSubtract(1, ordering: .relaxed).newValue
            : left.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        guard rest == 0 else { return }
        var sum = 0
        for index in results.indices { sum += results[index] }  // race: weak-count
        precondition(sum == 7)
    }
}
