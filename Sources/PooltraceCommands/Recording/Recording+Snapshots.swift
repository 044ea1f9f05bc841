internal import CommandSystem
internal import Exploration
internal import Glibc
internal import PoolModel
internal import TraceAnalysis

// MARK: - What is said when a program has ended of which snapshots were kept

extension Recording.Notice {
    /// Says how the program ended, what was kept and why, and what to type next.
    func endOfSnapshots(in directory: String, program: String, _ status: ForegroundProgram.Status) {
        sayIfKilled(program, status)
        let names = ((try? SystemDirectory.entries(of: directory)) ?? []).filter { !$0.hasPrefix(".") }
        guard !names.isEmpty else {
            rmdir(directory)
            return say("no bound was passed and no failure was reported, so nothing was kept")
        }
        for name in names.sorted(by: Self.isEarlier) {
            let path = "\(directory)/\(name)"
            let runs = (try? RunReader.read(path).runs) ?? []
            let mark = runs.compactMap { $0.marks.last { $0.kind == .snapshot } }.last
            let folder = TerminalText.escape(ShellWord.quoted(path))
            // One that a failure left may have the marks of earlier ones.
            if name.contains("-snapshot-"), let mark { say(TerminalText.escape(mark.text)) }
            put("\(style.dim("view"))      pooltrace view \(folder)\n")
            if runs.contains(where: { !$0.failures.isEmpty }) {
                put("\(style.dim("failures"))  pooltrace failures \(folder)\n")
            }
        }
    }

    /// The order of `a-1-snapshot-2` and `a-1-snapshot-10`.
    private static func isEarlier(_ left: String, _ right: String) -> Bool {
        let numbers = [left, right].map { $0.split(separator: "-").last.flatMap { Int($0) } ?? .max }
        return numbers[0] != numbers[1] ? numbers[0] < numbers[1] : left < right
    }
}
