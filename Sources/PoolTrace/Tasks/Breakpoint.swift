import CPoolRecorder
import PoolModel
import PoolRecorder

/// The task before whose body a debugger is to stop: `--break-at`.
enum Breakpoint {
    /// Its number; 0: there is none.
    static let task: UInt64 = {
        guard let path = Settings.current.breakAt.flatMap(TaskPath.init) else { return 0 }
        return path.id
    }()

    /// The task's body is about to be called on this thread.
    @inline(never)
    static func reach() {
        let task = "task \(Settings.current.breakAt ?? "") starts"
        guard pooltrace_is_debugged() else {
            return Notice.write("\(task), but no debugger is attached; pooltrace replay --debugger gdb starts one")
        }
        Notice.write("\(task): its body is called after the two innermost functions here return")
        pooltrace_task_starts()
    }
}
