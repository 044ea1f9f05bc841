internal import ArgumentParser
internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import RingAccess

/// `pooltrace top`: what the pools of a running process do now.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch the pools of a running process: workers, tasks, failures, times.",
        discussion: """
            Without a process ID it watches the only traced process of this user, or lists them if there are several. The process is \
            neither stopped nor traced: its ring is read. ? shows the keys.

            EXAMPLES:
              pooltrace top
              pooltrace top 4711

            \(ExitTable.top)
            """)

    @Argument(help: "The process ID.")
    var process: Int32?

    @OptionGroup var fullScreen: FullScreenOptions

    func validate() throws {
        if let process, process <= 0 { throw ValidationError("invalid process ID: \(process)") }
    }

    func run() throws {
        if let process { return try FullScreen.show(process: process, fullScreen) }
        let found = TracedProcess.all()
        guard !found.isEmpty else {
            throw SystemError("top", "no process of this user has a ring; start one with `pooltrace run -- COMMAND`")
        }
        if found.count == 1 { return try FullScreen.show(process: found[0].pid, fullScreen) }
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
            for process in found { StandardOutput.write("\(process.pid)  \(TerminalText.escape(process.command))\n") }
            return
        }
        let choices = found.map { "\($0.pid)  \($0.command)" }
        guard let place = try FullScreen.choose("which process?", choices, fullScreen) else { return }
        try FullScreen.show(process: found[place].pid, fullScreen)
    }
}
