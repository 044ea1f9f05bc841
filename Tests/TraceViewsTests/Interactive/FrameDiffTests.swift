internal import Testing
internal import TraceViews

@Suite("What a terminal is sent")
struct FrameDiffTests {
    @Test func `Only lines that changed are sent, and nothing where none did`() {
        var diff = FrameDiff()
        #expect(diff.update(to: ["a", "b", "c"]).contains("\u{1B}[H\u{1B}[J"))
        #expect(diff.update(to: ["a", "b", "c"]).isEmpty)
        let changed = diff.update(to: ["a", "B", "c"])
        #expect(changed.contains("\u{1B}[2;1H\u{1B}[2KB"))
        #expect(!changed.contains("\u{1B}[1;1H") && !changed.contains("\u{1B}[3;1H"), "\(changed.debugDescription)")
    }

    @Test func `Another size, or a screen that others wrote on, is drawn whole`() {
        var diff = FrameDiff()
        _ = diff.update(to: ["a", "b"])
        #expect(diff.update(to: ["a"]).contains("\u{1B}[1;1H\u{1B}[2Ka"))
        diff.forget()
        #expect(diff.update(to: ["a"]).contains("\u{1B}[1;1H\u{1B}[2Ka"))
    }
}
