internal import PoolModel
internal import Testing
internal import TraceAnalysis
internal import TraceViews

@Suite("Nested tasks in the text views")
struct NestedViewTests {
    private func timeline(_ run: Run, width: Int, isUnicode: Bool = true) -> [Substring] {
        let text = RunView(run, screen: Screen(width: width, isUnicode: isUnicode)).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Array(lines.drop { !$0.hasPrefix("timeline") }.prefix { !$0.isEmpty })
    }

    @Test(arguments: [(60, true, Self.golden60), (100, true, Self.golden100), (100, false, Self.ascii100)])
    func `Tasks inside others have lines of their own`(width: Int, isUnicode: Bool, golden: String) {
        let shown = timeline(SampleRun.nested(), width: width, isUnicode: isUnicode).joined(separator: "\n")
        #expect(shown == golden, "\(width) columns:\n\(shown)")
    }

    @Test(arguments: [40, 60, 80, 100, 140, 200, 400])
    func `Every failure is marked, and the queue is as long on every screen`(width: Int) throws {
        let lines = timeline(SampleRun.nested(), width: width)
        // main.1.1, the two deepest, and main.3 on the worker that it came back to.
        let marks = lines.filter { $0.contains("│") }.reduce(0) { $0 + $1.count { $0 == "x" } }
        #expect(marks >= 3, "\(width) columns:\n\(lines.joined(separator: "\n"))")
        let queue = try #require(lines.first { $0.hasPrefix("queue") })
        #expect(queue.hasSuffix(" 2"), "\(width) columns: \(queue)")
    }

    @Test func `Workers and pools without tasks take one line`() {
        let lines = timeline(SampleRun.nested(), width: 80)
        #expect(lines.contains("      5 workers without tasks: 5-9"), "\(lines)")
        #expect(
            lines.contains("3 pools without tasks, 6 workers: \"spare-2\", \"spare-3\", \"spare-4\""), "\(lines)")
    }

    @Test func `Of many pools those in which tasks ran are named`() {
        var sample = SampleRun()
        for pool: UInt32 in 2...200 {
            sample.add(1000, .poolStart(.init(pool: pool, workers: 3, name: "spare-\(pool)")))
        }
        let task = sample.submit(1, at: 2000, pool: 150)
        sample.add(3000, .workerStart(.init(pool: 150, worker: 3, number: 1)))
        sample.add(3000, .taskStart(task: task, worker: 3))
        sample.add(9000, .taskEnd(task: task, outcome: 1))
        let text = StatsView(sample.builder.finish(), screen: Screen(width: 80)).text
        #expect(text.contains("pools      \"spare-150\" with 3 workers"), "\(text)")
        #expect(text.contains("and 192 more with 576 workers"), "\(text)")
        #expect(!text.contains("spare-199"), "\(text)")
    }

    @Test func `A path that has no room is cut in front, where paths are alike`() {
        var query = TaskQuery()
        query.sort = .path
        var text = ""
        let run = SampleRun.nested()
        TaskListView(run, query, columns: [.state, .path, .name], screen: Screen(width: 40)).write { text += $0 }
        #expect(text.contains("~1.1.1.1.1.1.1.1.1.1"), "\(text)")
        #expect(!text.contains("1~"), "\(text)")
        let path = CriticalPathView(run, screen: Screen(width: 50)).text
        #expect(!path.contains(#/main[.0-9]*~/#), "\(path)")
    }
}
