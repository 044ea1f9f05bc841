internal import TestSupport
internal import Testing
internal import TraceAnalysis

@Suite("A trace that is read while it is written")
struct ContinuedReadingTests {
    private func with<Result>(_ trace: TraceWriter, _ body: (_ path: String) throws -> Result) throws -> Result {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        try trace.write(to: directory)
        return try body(directory.path)
    }

    @Test func `Reading on where one ended gives the run that reading it all gives`() throws {
        var trace = TraceWriter()
        trace.begin()
        var reader = RunReader(trace: "x")
        for ordinal in 1...20 as ClosedRange<UInt32> {
            trace.run(ordinal, worker: UInt64(ordinal % 2 + 1), from: UInt64(ordinal) * 10, milliseconds: 7)
            if ordinal == 9 { trace.fail(9, number: 1, at: 97, input: .text("a"), message: .text("no")) }
            if ordinal % 3 != 0 { continue }
            let (isWhole, whole) = try with(trace) { (try reader.read($0), try RunReader.read($0).runs) }
            #expect(isWhole, "task \(ordinal)")
            let run = try #require(reader.reading.runs.first)
            #expect(reader.reading.runs.count == 1)
            #expect(Array(run.tasks.entries) == Array(whole[0].tasks.entries), "task \(ordinal)")
            #expect(run.loss == whole[0].loss, "task \(ordinal)")
            #expect(run.failures == whole[0].failures, "task \(ordinal)")
            #expect(run.startOrder == whole[0].startOrder, "task \(ordinal)")
        }
    }

    @Test func `What was overwritten before it could be read is told, and counted`() throws {
        var trace = TraceWriter()
        trace.begin()
        trace.run(1, worker: 1, from: 10, milliseconds: 1)
        var reader = RunReader(trace: "x")
        #expect(try with(trace) { try reader.read($0) })
        #expect(reader.position(ofStream: 2, in: "") == 2)
        #expect(reader.position(ofStream: 77, in: "") == 0)
        var later = TraceWriter()
        later.run(5, worker: 1, from: 50, milliseconds: 1)
        later.lose(stream: 2, overwritten: 8)
        #expect(try !with(later) { try reader.read($0) })
        #expect(reader.position(ofStream: 2, in: "") == 10)
        #expect(reader.reading.runs.first?.tasks.entries.count == 2)
    }

    @Test func `A run that goes on ends at the time at which it is looked at, and one that has ended does not`() throws
    {
        var trace = TraceWriter()
        trace.begin()
        trace.run(1, worker: 1, from: 10, milliseconds: nil)
        let run = try #require(with(trace) { try RunReader.read($0).runs.first })
        #expect(run.goingOn(at: TraceWriter.start + 5_000_000_000).duration == 5_000_000_000)
        #expect(run.goingOn(at: 0).end == run.end)
        trace.add("process_end", at: 20_000_000, .number(0))
        let ended = try #require(with(trace) { try RunReader.read($0).runs.first })
        #expect(ended.goingOn(at: .max).end == ended.end)
    }
}
