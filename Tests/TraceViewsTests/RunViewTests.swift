internal import PoolModel
internal import Testing
internal import TraceAnalysis
internal import TraceViews

@Suite("RunView")
struct RunViewTests {
    /// The lines of the view up to the first report, which nobody may break.
    private func head(_ text: String) -> [Substring] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Array(lines.prefix { !$0.hasPrefix("task ") && $0 != "next" })
    }

    @Test(arguments: [40, 60, 80, 120, 200], [true, false])
    func `No line is wider than the screen, and the rows' edges stand below each other`(width: Int, isUnicode: Bool) {
        let screen = Screen(width: width, isUnicode: isUnicode)
        let lines = head(RunView(SampleRun.typical(), screen: screen).text)
        for line in lines { #expect(TerminalText.width(line) <= width, "\(width) columns: \(line)") }
        let edge: Character = isUnicode ? "│" : "|"
        let edges = Set(
            lines.filter { $0.contains(edge) }.map { line in
                line.indices.filter { line[$0] == edge }.map { TerminalText.width(line[..<$0]) }
            })
        #expect(edges.count == 1, "\(width) columns: edges at \(edges)")
    }

    @Test(arguments: [
        (40, true, GoldenText.unicode40), (80, true, GoldenText.unicode80), (120, true, GoldenText.unicode120),
        (80, false, GoldenText.ascii80),
    ])
    func `A run looks as it always did`(width: Int, isUnicode: Bool, golden: String) {
        let text = RunView(SampleRun.typical(), screen: Screen(width: width, isUnicode: isUnicode)).text
        let shown = head(text).joined(separator: "\n")
        #expect(shown == golden, "\(width) columns, \(isUnicode ? "Unicode" : "ASCII"):\n\(shown)")
    }

    @Test func `Colours add nothing but sequences`() throws {
        let coloured = RunView(
            SampleRun.typical(), screen: Screen(width: 80, style: TerminalStyle(isColoured: true))
        ).text
        let plain = RunView(SampleRun.typical(), screen: Screen(width: 80)).text
        #expect(coloured.contains("\u{1B}[31m"))
        let stripped = coloured.replacing(#/\x{1B}\[[0-9]+m/#, with: "")
        #expect(stripped == plain)
    }

    @Test func `What a worker did before the ring's window is not drawn as idle`() throws {
        var sample = SampleRun()
        let task = sample.submit(1, at: 90_000)
        sample.add(80_000, .taskStart(task: task, worker: 1))
        sample.add(100_000, .taskEnd(task: task, outcome: 1))
        sample.builder.add(Loss(overwritten: 1000))
        sample.builder.noteOverwritten(before: sample.start + 50_000)
        let text = RunView(sample.builder.finish(), screen: Screen(width: 80)).text
        let rows = text.split(separator: "\n").filter { $0.contains("│") }
        let row = try #require(rows.first)
        // Half of the row's 57 columns are before the window; then the worker is idle until its task.
        #expect(row.count { $0 == "·" } == 28, "\(row)")
        #expect(text.contains("· overwritten"))
    }

    @Test func `Reports in the view are those that the process prints, byte for byte`() throws {
        let run = SampleRun.typical()
        let report = try #require(run.reports.first)
        let text = RunView(run, screen: Screen(width: 80)).text
        #expect(text.contains("\n\n" + report.text(run: run.reportRun) + "\nnext\n"))
        #expect(
            FailuresView(run).text(style: .plain)
                == run.reports.map { $0.text(run: run.reportRun) }.joined(separator: "\n"))
    }
}
