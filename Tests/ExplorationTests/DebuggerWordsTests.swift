import Exploration
import Testing

@Suite("The command line of a debugger")
struct DebuggerWordsTests {
    @Test("What is preloaded goes into the program alone")
    func words() {
        let (words, variables) = Debugger.gdb.start(["p", "a"], ["LD_PRELOAD": "/l.so", "POOLTRACE_REPLAY": "s"])
        #expect(words.contains("set environment LD_PRELOAD /l.so") && words.suffix(3) == ["--args", "p", "a"])
        #expect(variables == ["POOLTRACE_REPLAY": "s"])
        let (other, _) = Debugger.lldb.start(["p", "a"], ["LD_PRELOAD": "/l.so"])
        #expect(other.contains("settings set target.env-vars LD_PRELOAD=/l.so") && other.suffix(3) == ["--", "p", "a"])
    }
}
