internal import PoolModel
internal import Testing

@testable internal import TraceAnalysis

@Suite("Traces of older versions")
struct OlderFieldsTests {
    @Test func `What ran beside a failure is read from lines, and a line that is something else is left out`() {
        let neighbours = OlderFields.neighbours("2 77 0 main.9\n3 5 2 main.8[1]\nnot a line\n4 1 1 ma...")
        #expect(
            neighbours == [
                .init(worker: 2, running: 77, path: "main.9"), .init(worker: 3, name: 2, running: 5, path: "main.8[1]"),
                .init(worker: 4, name: 1, running: 1, path: "ma..."),
            ])
        #expect(OlderFields.neighbours("").isEmpty)
    }

    @Test(arguments: [
        ("lost: suspended, and nobody resumes it", MarkKind.lost),
        ("2 submitting threads, not controlled", .uncontrolled),
        ("threads run beside the tasks, not controlled", .uncontrolled),
        ("a thread waits for what tasks do, not controlled", .uncontrolled),
        ("nobody waited for the ready tasks for 0.2 seconds: a worker of its own runs them", .takeover),
        ("spilled: blocks, and another thread goes on", .spilled), ("runs for longer than 0.05 seconds", .stalled),
        ("half way", .user),
    ])
    func `A mark is what its sentence says`(text: String, kind: MarkKind) {
        #expect(OlderFields.kind(ofMark: text) == kind)
    }
}
