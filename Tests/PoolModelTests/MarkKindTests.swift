import CEventTable
import PoolModel
import Testing

@Suite("Failure.Said") struct SaidTests {
    private func said(_ kind: pooltrace_said, _ value: Double = 0) -> String? {
        Failure.Said(what: UInt64(kind.rawValue) << 32 | 7, value: value, before: 1_200_000, name: "rows")?.text
    }

    @Test func `Its numbers are those of the table of events, and it is a sentence`() {
        #expect(said(POOLTRACE_SAID_MARK) == "rows, 1.20 ms before")
        #expect(said(POOLTRACE_SAID_VALUE, 12) == "rows = 12, 1.20 ms before")
        #expect(said(POOLTRACE_SAID_VALUE, 0.5) == "rows = 0.5, 1.20 ms before")
        #expect(said(POOLTRACE_SAID_VALUE, .infinity) == "rows = inf, 1.20 ms before")
        #expect(said(POOLTRACE_SAID_SPAN_START) == "rows begins, 1.20 ms before")
        #expect(said(POOLTRACE_SAID_SPAN_END) == "rows ends, 1.20 ms before")
        #expect(said(pooltrace_said(rawValue: 5)) == nil)
        #expect(Failure.Said(what: 1 << 32, value: 0, before: 0, name: nil) == nil)
    }
}

@Suite("MarkKind") struct MarkKindTests {
    @Test func `Its numbers are those of the table of events`() {
        #expect(UInt32(MarkKind.user.rawValue) == POOLTRACE_MARK_USER.rawValue)
        #expect(UInt32(MarkKind.uncontrolled.rawValue) == POOLTRACE_MARK_UNCONTROLLED.rawValue)
        #expect(UInt32(MarkKind.takeover.rawValue) == POOLTRACE_MARK_TAKEOVER.rawValue)
        #expect(UInt32(MarkKind.lost.rawValue) == POOLTRACE_MARK_LOST.rawValue)
        #expect(UInt32(MarkKind.deadlock.rawValue) == POOLTRACE_MARK_DEADLOCK.rawValue)
        #expect(UInt32(MarkKind.spilled.rawValue) == POOLTRACE_MARK_SPILLED.rawValue)
        #expect(UInt32(MarkKind.stalled.rawValue) == POOLTRACE_MARK_STALLED.rawValue)
        #expect(UInt32(MarkKind.threads.rawValue) == POOLTRACE_MARK_THREADS.rawValue)
        #expect(UInt32(MarkKind.spinning.rawValue) == POOLTRACE_MARK_SPINNING.rawValue)
        #expect(UInt32(MarkKind.blocked.rawValue) == POOLTRACE_MARK_BLOCKED.rawValue)
        #expect(UInt32(MarkKind.realTime.rawValue) == POOLTRACE_MARK_REAL_TIME.rawValue)
        #expect(UInt32(MarkKind.race.rawValue) == POOLTRACE_MARK_RACE.rawValue)
        #expect(UInt32(MarkKind.noRoom.rawValue) == POOLTRACE_MARK_NO_ROOM.rawValue)
        #expect(UInt32(MarkKind.snapshot.rawValue) == POOLTRACE_MARK_SNAPSHOT.rawValue)
        #expect(MarkKind.unknown.rawValue == 0 && MarkKind.allCases.count == 15)
    }
}
