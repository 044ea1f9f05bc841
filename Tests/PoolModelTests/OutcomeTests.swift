import CEventTable
import PoolModel
import Testing

@Suite("Outcome") struct OutcomeTests {
    @Test func `Its numbers are those of the table of events`() {
        #expect(UInt32(Outcome.succeeded.rawValue) == POOLTRACE_SUCCEEDED.rawValue)
        #expect(UInt32(Outcome.failed.rawValue) == POOLTRACE_FAILED.rawValue)
        #expect(UInt32(Outcome.cancelled.rawValue) == POOLTRACE_CANCELLED.rawValue)
        #expect(Outcome.allCases.count == 3)
    }
}
