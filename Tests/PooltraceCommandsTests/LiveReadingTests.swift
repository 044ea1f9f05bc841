import RingAccess
import TestSupport
import Testing
import TraceAnalysis
import TraceViews

@testable import PooltraceCommands

@Suite("Live reading")
struct LiveReadingTests {
    @Test func `A rate of events that no process emits is a large number`() {
        #expect(LiveReading.rate(1000, nanoseconds: 500_000_000) == 2000)
        #expect(LiveReading.rate(UInt64.max, nanoseconds: 500_000_000) == 1_000_000_000_000_000)
        #expect(LiveReading.rate(UInt64.max, nanoseconds: 0) == 1_000_000_000_000_000)
    }

    @Test(arguments: [1 << 19, 0])
    func `Looks at a ring that is written give the run that reading all of it gives`(budget: Int) throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        var trace = TraceWriter()
        trace.begin()
        try trace.write(to: directory)
        var look = LiveLook(FolderRing.rings(in: directory.path), name: "process 7")
        look.budget = budget
        for ordinal in 1...20 as ClosedRange<UInt32> {
            trace.run(ordinal, worker: UInt64(ordinal % 2 + 1), from: UInt64(ordinal) * 10, milliseconds: 7)
            if ordinal == 9 { trace.fail(9, number: 1, at: 97, input: .text("a"), message: .text("no")) }
            if ordinal % 3 != 0 { continue }
            try trace.write(to: directory)
            let found = try #require(try look.look())
            let whole = try #require(try RunReader.read(directory.path).runs.first)
            let run = try #require(found.runs.first)
            #expect(found.runs.count == 1 && run.trace == "process 7")
            #expect(Array(run.tasks.entries) == Array(whole.tasks.entries), "task \(ordinal)")
            #expect(run.failures == whole.failures && run.loss == whole.loss, "task \(ordinal)")
            #expect(found.emitted == whole.loss.emitted && found.passedOver == 0, "task \(ordinal)")
            let again = try look.look()
            #expect(again == nil, "task \(ordinal)")
        }
    }
}
