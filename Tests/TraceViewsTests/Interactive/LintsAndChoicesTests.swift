internal import PoolModel
internal import Testing
internal import TraceAnalysis
internal import TraceViews

@Suite("Lints and choices on the full screen")
struct LintsAndChoicesTests {
    private func text(_ screen: inout some ScreenModel, _ columns: Int = 80, _ rows: Int = 24) -> String {
        let lines = screen.frame(columns: columns, rows: rows)
        #expect(lines.count == rows, "\(columns)x\(rows)")
        for line in lines { #expect(TerminalText.width(line) <= columns, "\(columns)x\(rows): \(line)") }
        return lines.joined(separator: "\n")
    }

    @Test func `Lints have a pane once somebody has looked for them, and where there are any`() {
        let run = SampleRun.typical()
        var view = TraceExplorer(name: "x", isUnicode: true, style: .plain)
        view.show([ShownRun(run)])
        #expect(!text(&view).contains("lints"))
        #expect(view.take(.key(.character("6"))) == .redraw)
        #expect(text(&view).contains("[1 timeline]"))
        view.show([run.lints])
        #expect(!run.lints.isEmpty)
        _ = view.take(.key(.character("6")))
        let shown = text(&view, 200, 60)
        #expect(shown.contains("[6 lints]"), "\(shown)")
        for lint in run.lints { #expect(shown.contains(lint.kind.rawValue), "\(shown)") }
        _ = view.take(.key(.tab))
        #expect(text(&view).contains("[1 timeline]"))
    }

    @Test func `A choice is made with the keys of every list, or not at all`() {
        let choices = (1...50).map { "\($0)  program \u{1B}[31m\($0)" }
        var list = ChoiceList(title: "which?", choices: choices, isUnicode: true, style: .plain)
        #expect(!text(&list, 40, 10).contains("\u{1B}"))
        for key: InputEvent.Key in [.down, .character("j"), .pageDown, .end, .character("k")] {
            #expect(list.take(.key(key)) == .redraw)
        }
        #expect(text(&list, 40, 10).contains(">49"))
        _ = text(&list, 3, 1)
        #expect(list.chosen == nil)
        #expect(list.take(.key(.enter)) == .quit)
        #expect(list.chosen == 48)
        var other = ChoiceList(title: "which?", choices: choices, isUnicode: false, style: .plain)
        #expect(other.take(.key(.character("q"))) == .quit)
        #expect(other.chosen == nil)
    }
}
