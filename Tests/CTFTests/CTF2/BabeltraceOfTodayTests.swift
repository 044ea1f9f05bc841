import TestSupport
import Testing

@testable import CTF

/// Random traces of CTF 2 beside a babeltrace2 that reads it: `tools/check/babeltrace-of-today` runs this with 2.1.
///
/// `POOLTRACE_BABELTRACE_OF_TODAY` is the command that runs it.
@Suite(
    "CTF 2 beside babeltrace2 2.1",
    .enabled(if: RandomTraceTests.environment["POOLTRACE_BABELTRACE_OF_TODAY"] != nil))
struct BabeltraceOfTodayTests {
    @Test("Random traces of CTF 2 read as they were written, and as babeltrace2 reads them")
    func random() async throws {
        let program = try #require(RandomTraceTests.environment["POOLTRACE_BABELTRACE_OF_TODAY"])
        let refused = try await RandomTraceTests.check(.twoOfBabeltrace, program)
        print("babeltrace2 refuses \(refused.count) of \(RandomTraceTests.count) random traces: \(refused.sorted())")
        #expect(refused.count <= Int(RandomTraceTests.count) / 20 + 5, "babeltrace2 refuses \(refused)")
    }

    @Test("Stored traces in CTF 2, and those in CTF 1.8 with their metadata translated, read as babeltrace2 reads them")
    func stored() async throws {
        let program = try #require(RandomTraceTests.environment["POOLTRACE_BABELTRACE_OF_TODAY"])
        try await withTemporaryDirectory { folder in
            for (number, path) in StoredTraces.all.enumerated() {
                let copy = folder.path("trace-\(number)")
                try StoredTraces.copy(path, to: copy)
                try await expectSameAsBabeltrace(copy, program: program)
            }
        }
    }
}
