import Glibc
import PoolModel

extension Recording.Notice {
    /// Says how the program ended and what to type next.
    func end(of status: ForegroundProgram.Status, program: String, directory: String) {
        if case .signalled(let signal) = status {
            say("\(TerminalText.escape(program)) was ended by signal \(signal) (\(String(cString: strsignal(signal))))")
        }
        put("\(style.dim("view"))  pooltrace view \(TerminalText.escape(ShellWord.quoted(directory)))\n")
    }
}
