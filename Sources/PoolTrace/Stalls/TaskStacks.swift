import CPoolRecorder
import PoolModel
import PoolRecorder
import Synchronization

/// What every worker of the process does now: its task, who submitted it, what it waits for, and the stack of its
/// thread.
///
/// `POOLTRACE_STACKS=on`, or `showOnQuit`, prints it on SIGQUIT (Ctrl-\\ on a terminal) and lets `pooltrace stacks PID`
/// show it. Nothing is stopped, and no `ptrace` is needed.
public enum TaskStacks {
    private static let isAnswering = Atomic<Bool>(false)

    /// Prints the stacks on standard error whenever SIGQUIT comes, which no longer ends the process, and answers
    /// `pooltrace stacks`.
    ///
    /// - Returns: Whether it does; false where the system gives no thread or no signal handler.
    @discardableResult
    public static func showOnQuit() -> Bool {
        guard !isAnswering.exchange(true, ordering: .relaxed) else { return true }
        let file = pooltrace_stacks_file()
        guard pooltrace_stacks_on_quit() else { return false }
        return BackgroundThread.start(name: "stacks") {
            OtherThreads.addOwn()
            while true {
                let isCommand = pooltrace_stacks_wait()
                let text = text
                if isCommand {
                    pooltrace_stacks_publish(file, text, UInt64(text.utf8.count))
                } else {
                    Notice.write(raw: text)
                }
            }
        }
    }

    /// The stacks as text, a block for each worker that runs a task; nothing in it needs escaping any more.
    public static var text: String {
        let pools = PoolRegistry.all
        let tasks = RunningTask.all(of: pools)
        let now = pooltrace_clock_now()
        var text = ""
        for core in pools {
            let own = tasks.filter { $0.pool == core.name }
            text += "pool \"\(TerminalText.escape(core.name))\": \(load(of: core, running: own.count))\n"
            for task in own { text += block(task, at: now) }
        }
        if let starving = Scheduling.starving { text += lines("starving", starving) }
        return text.isEmpty ? "no pools\n" : text
    }

    /// Lines behind a label, below a pool.
    private static func lines(_ label: String, _ lines: [String]) -> String {
        lines.enumerated().map { index, line in
            let label = index == 0 ? label : ""
            return "    \(label)\(String(repeating: " ", count: 11 - label.count))\(line)\n"
        }.joined()
    }

    private static func load(of core: PoolCore, running: Int) -> String {
        // Dispatch has the queue, and makes threads as it likes.
        if core.isHidden, SwiftTasks.route == .dispatch {
            return "\(running) \(running == 1 ? "task runs" : "tasks run") on Swift's own threads"
        }
        let counts = core.counts
        let waiting = max(0, Int(clamping: counts.submitted &- counts.completed) - running)
        return
            "\(running) of \(core.workerCount) workers busy, \(waiting) \(waiting == 1 ? "task" : "tasks") in the queue"
    }

    /// A running task as text, in the shape of a failure report.
    ///
    /// - Parameters:
    ///   - hasStack: Whether its thread may be interrupted for its stack.
    ///   - more: Lines to add, with their labels.
    static func block(
        _ task: RunningTask, at now: UInt64, hasStack: Bool = true, more: [(label: String, lines: [String])] = []
    ) -> String {
        var text =
            "  worker \(task.worker), thread \(task.thread): task \(task.title), for "
            + "\(DurationText.text(nanoseconds: task.running(at: now)))\n"
        func add(_ label: String, _ lines: [String]) { text += Self.lines(label, lines) }
        add("submitted", task.submitted)
        if let awaited = task.awaited { add("waits for", [awaited] + (task.holder.map { [$0] } ?? [])) }
        for (label, lines) in more { add(label, lines) }
        guard hasStack else { return text }
        let stack = task.stack()
        add("stack", stack.isEmpty ? ["unknown: the task has ended, or its thread blocks signals"] : stack)
        return text
    }
}
