import Glibc
import Synchronization
import Testing
import TraceViews

@testable import PooltraceCommands

/// What a look at a running process may not do, whatever it finds and whenever the user leaves.
@Suite("Live reading")
struct LiveReadingTests {
    @Test func `A rate of events that no process emits is a large number`() {
        #expect(LiveReading.rate(1000, nanoseconds: 500_000_000) == 2000)
        #expect(LiveReading.rate(UInt64.max, nanoseconds: 500_000_000) == 1_000_000_000_000_000)
        #expect(LiveReading.rate(UInt64.max, nanoseconds: 0) == 1_000_000_000_000_000)
    }

    private final class Look: Sendable {
        let hasBegun = Atomic(false)
        let hasEnded = Atomic(false)
    }

    @Test func `A view that is over waits for the look that goes on, and lets no other begin`() {
        let mailbox = ViewMailbox()
        let look = Look()
        let threads = Threads(1) {
            mailbox.whileOpen {
                look.hasBegun.store(true, ordering: .sequentiallyConsistent)
                for _ in 0..<1000 { sched_yield() }
                look.hasEnded.store(true, ordering: .sequentiallyConsistent)
            }
        }
        while !look.hasBegun.load(ordering: .sequentiallyConsistent) { sched_yield() }
        mailbox.close()
        let hasEnded = look.hasEnded.load(ordering: .sequentiallyConsistent)
        #expect(hasEnded)
        threads.join()
        #expect(mailbox.whileOpen { true } == nil)
    }
}
