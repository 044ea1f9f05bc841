import PoolModel
import Testing

@Suite("TerminalStyle") struct TerminalStyleTests {
    @Test(
        arguments: [
            (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false), (true, ["NO_COLOR": ""], true),
            (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm"], true), (false, ["TERM": "xterm"], false),
        ] as [(Bool, [String: String], Bool)])
    func `Colours are for terminals whose user wants them`(terminal: Bool, variables: [String: String], coloured: Bool)
    {
        #expect(TerminalStyle(terminal: terminal) { variables[$0] }.isColoured == coloured, "\(variables)")
    }

    @Test func `Every sequence is ended, and empty text has none`() {
        let style = TerminalStyle(isColoured: true)
        for wrap in [style.bold, style.dim, style.red, style.green, style.yellow, style.cyan] {
            #expect(wrap("text").hasPrefix("\u{1B}["))
            #expect(wrap("text").hasSuffix("text\u{1B}[0m"))
            #expect(wrap("") == "")
        }
        #expect(TerminalStyle.plain.red("text") == "text")
    }
}
