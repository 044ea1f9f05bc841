import Testing
import TraceViews

@testable import PooltraceCommands

@Suite("Live reading")
struct LiveReadingTests {
    @Test func `A rate of events that no process emits is a large number`() {
        #expect(LiveReading.rate(1000, nanoseconds: 500_000_000) == 2000)
        #expect(LiveReading.rate(UInt64.max, nanoseconds: 500_000_000) == 1_000_000_000_000_000)
        #expect(LiveReading.rate(UInt64.max, nanoseconds: 0) == 1_000_000_000_000_000)
    }
}
