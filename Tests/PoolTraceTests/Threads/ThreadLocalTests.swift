import PoolTrace
import Synchronization
import Testing

@Suite("ThreadLocal")
struct ThreadLocalTests {
    private final class Counted: Sendable {
        let alive: Alive
        init(_ alive: Alive) {
            self.alive = alive
            alive.count.add(1, ordering: .relaxed)
        }
        deinit { alive.count.subtract(1, ordering: .relaxed) }
    }

    private final class Alive: Sendable {
        let count = Atomic<Int>(0)
        var now: Int { count.load(ordering: .relaxed) }
    }

    @Test("Each thread has a value of its own, which begins as it was made and can be forgotten")
    func ownValues() throws {
        let local = ThreadLocal([7])
        local.value.append(1)
        let other = Condition([[Int]]())
        let thread = TracedThread {
            other.withLock { $0.append(local.value) }
            local.value[0] = 9
            other.withLock { $0.append(local.value) }
        }
        try thread.start()
        try thread.join()
        #expect(other.withLock { $0 } == [[7], [9]])
        #expect(local.value == [7, 1])
        local.reset()
        #expect(local.value == [7])
    }

    @Test("A thread's value is destroyed before join returns")
    func destroyedWithItsThread() throws {
        let alive = Alive()
        let local = ThreadLocal<Counted?>(nil)
        let threads = (0..<8).map { _ in TracedThread { local.value = Counted(alive) } }
        for thread in threads { try thread.start() }
        for thread in threads { try thread.join() }
        #expect(alive.now == 0)
    }

    @Test("Values of a ThreadLocal that is gone do not pile up in a thread that goes on")
    func forgotten() throws {
        let alive = Alive()
        let thread = TracedThread {
            for _ in 0..<1000 {
                let local = ThreadLocal<Counted>(Counted(alive))
                _ = local.value
            }
            #expect(alive.now < 64)
        }
        try thread.start()
        try thread.join()
        #expect(alive.now == 0)
    }

    @Test("A value may ask for others of its thread as it goes, however it goes")
    func valuesInDeinit() throws {
        final class Last: Sendable {
            let other: ThreadLocal<Int>
            init(_ other: ThreadLocal<Int>) { self.other = other }
            deinit { other.value += 1 }
        }
        let count = ThreadLocal(0)
        let seen = Condition([Int]())
        let thread = TracedThread {
            let local = ThreadLocal<Last?>(nil)
            local.value = Last(count)
            local.reset()
            for _ in 0..<100 { ThreadLocal<Last?>(nil).value = Last(count) }
            local.value = Last(count)
            seen.withLock { $0.append(count.value) }
        }
        try thread.start()
        try thread.join()
        // The values of ThreadLocals that are gone go now and then, the others with the thread.
        #expect(seen.withLock { $0.allSatisfy { (1...101).contains($0) } && $0.count == 1 })
    }

    @Test("A value that another takes the place of may ask for that one as it goes")
    func replacedValue() throws {
        final class Link: Sendable {
            let number: Int
            let local: ThreadLocal<Link?>
            let seen: Condition<[Int]>
            init(_ number: Int, _ local: ThreadLocal<Link?>, _ seen: Condition<[Int]>) {
                (self.number, self.local, self.seen) = (number, local, seen)
            }
            deinit {
                let next = local.value?.number ?? 0
                seen.withLock { $0.append(next) }
            }
        }
        let seen = Condition([Int]())
        let local = ThreadLocal<Link?>(nil)
        for number in 1...3 { local.value = Link(number, local, seen) }
        local.value = nil
        #expect(seen.withLock { $0 } == [2, 3, 0])
    }

    @Test("A ThreadLocal begins anew wherever another has been, on every thread")
    func addressUsedAgain() throws {
        let thread = TracedThread {
            for round in 0..<1000 {
                let local = ThreadLocal(-1)
                #expect(local.value == -1)
                local.value = round
            }
        }
        try thread.start()
        for round in 0..<1000 {
            let local = ThreadLocal("")
            #expect(local.value.isEmpty)
            local.value = "\(round)"
        }
        try thread.join()
    }
}
