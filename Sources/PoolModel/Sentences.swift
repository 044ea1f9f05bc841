internal import Glibc

/// The sentences on what a run notes, how it goes wrong, and where it leaves a schedule: all of them, for the process
/// and for the command.
///
/// They are for people. What a program goes by is a field with a type: `MarkKind`, a divergence's numbers, a symptom's
/// case. So that this stays so, a debug build says all of them in other words where `POOLTRACE_OTHER_WORDS` is set, and
/// a test shows that no program does anything else then.
public enum Sentences {
    /// A sentence on its way to a person.
    public static func said(_ sentence: String) -> String {
        #if DEBUG
            return areOther ? inOtherWords(sentence) : sentence
        #else
            return sentence
        #endif
    }

    #if DEBUG
        private static let areOther = getenv("POOLTRACE_OTHER_WORDS") != nil

        /// Every letter becomes the seventh after it: no word is left, and twice is not the same again.
        private static func inOtherWords(_ sentence: String) -> String {
            let bytes = sentence.utf8.map { byte -> UInt8 in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): (byte - UInt8(ascii: "a") + 7) % 26 + UInt8(ascii: "a")
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): (byte - UInt8(ascii: "A") + 7) % 26 + UInt8(ascii: "A")
                default: byte
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    #endif
}

// MARK: - Marks

extension Sentences {
    /// A second thread submits to pools of a serial run.
    public static var twoThreadsSubmit: String { said("two threads submit tasks; their order is not controlled") }

    /// A serial run has a `TracedThread`.
    public static var threadsRunBesideTasks: String {
        said("threads run beside the tasks; their order is not controlled")
    }

    /// A thread outside the pools of a serial run waits for what its tasks do.
    public static var threadWaitsForTasks: String {
        said("a thread outside the pools waits for tasks; the order is not controlled")
    }

    /// A thread that is not PoolTrace's has ended a wait in a serial run.
    public static var wokenFromOutside: String {
        said("a thread that PoolTrace does not control ended a task's wait, so the order is not controlled")
    }

    /// A task of a serial run has used so much processor time, in nanoseconds, without a decision point.
    ///
    /// - Parameters:
    ///   - tasks: Some of the tasks that are ready.
    ///   - count: How many are ready.
    public static func spins(for time: UInt64, ready tasks: [String], of count: Int) -> String {
        said(
            "has run for more than \(DurationText.text(nanoseconds: time)) without a decision point"
                + areReady(tasks, of: count))
    }

    /// A task of a serial run waits for something outside PoolTrace.
    public static func waits(in wait: String, ready tasks: [String], of count: Int) -> String {
        said("waits in \(wait)" + areReady(tasks, of: count))
    }

    private static func areReady(_ tasks: [String], of count: Int) -> String {
        guard count > 0 else { return "" }
        let more = count > tasks.count ? " and \(count - tasks.count) more" : ""
        let names = tasks.isEmpty ? "\(count) \(count == 1 ? "task" : "tasks")" : tasks.joined(separator: ", ") + more
        return "; \(names) \(count == 1 ? "is" : "are") ready"
    }

    /// A task of a serial run spins, or waits for something outside PoolTrace, and others go on.
    ///
    /// - Parameter task: Which task it is, and what it does.
    public static func othersContinue(beside task: String?) -> String {
        said(
            "\(task ?? "a task blocks or spins outside PoolTrace"): other tasks continue, and the order is not controlled"
        )
    }

    /// A task spins on the thread of the main actor, whose tasks go on elsewhere.
    public static func mainActorMoves(beside spinning: String) -> String {
        said(
            "\(spinning) spins on the main thread: the main actor's tasks continue on another thread, and the order is not "
                + "controlled")
    }

    /// A task of a serial run has blocked for long.
    public static var blocks: String { said("a task blocks; nothing else has run for a second") }

    /// Nobody took the baton for this long.
    public static func takeover(after delay: Duration) -> String {
        said("no thread waited for the ready tasks within \(delay); a background thread runs them")
    }

    /// An async task is suspended, and nobody is left to resume it.
    public static var lost: String { said("lost continuation: suspended, and nothing resumes it") }

    /// A task of a serial run waits, and nothing is left that could end that.
    public static var deadlocked: String { said("deadlock: waits, and nothing can end the wait") }

    /// Nothing can go on in a serial run, with this many tasks in the middle.
    public static func deadlock(of tasks: Int) -> String {
        let tasks = tasks == 0 ? "no task has started" : tasks == 1 ? "1 task waits" : "\(tasks) tasks wait"
        return said("deadlock: nothing can continue; \(tasks)")
    }

    /// A task of a serial run blocks, and the baton was taken from it.
    public static var spilled: String { said("blocks; another thread runs the other tasks") }

    /// A task has made one of the two accesses of a race; the failure is the other one's.
    public static func race(with path: String) -> String { said("data race with \(path)") }

    /// What a search tries, and what it does not: two sentences.
    ///
    /// - Parameter locks: Which of the program's locks are decision points.
    public static func notTried(_ locks: DecidedLocks) -> String {
        let (point, rest) =
            switch locks {
            case .all: ("a lock", "an atomic or a free `Mutex`")
            case .contended: ("a lock that is not free", "an atomic or a free lock")
            case .own: ("a lock of PoolTrace", "an atomic or another lock")
            }
        return said(
            "A step ends at a submit, a wait, an await, a sleep or \(point). Orders that differ within a step (at \(rest)) are "
                + "not tried")
    }

    /// What a run that looks for races between tasks has looked at.
    ///
    /// - Parameter hasSeveralOrders: Whether more than one order of the tasks was tried.
    public static func racesLookedFor(inSeveralOrders hasSeveralOrders: Bool) -> String {
        said(
            "data races: accesses in \(hasSeveralOrders ? "these orders" : "this order"), by code that is built with ThreadSanitizer, "
                + "were compared with the earlier ones that it still remembered")
    }

    /// Which locks of a program are decision points of a search.
    public enum DecidedLocks: Sendable {
        /// All, but a `Mutex` while it is free.
        case all
        /// Those that are not free: Swift's runtime is a part of the program, and its locks look like the program's.
        case contended
        /// Those of PoolTrace.
        case own
    }

    /// In some of the runs threads or locks took part whose order is not controlled.
    public static func notControlled(_ runs: String) -> String {
        said("In \(runs) threads or locks took part whose order is not controlled")
    }

    /// In some of the executions a task spun, and others went on in no order.
    ///
    /// - Parameter first: What the task of the first of them did.
    public static func givenUp(_ count: Int, of executions: Int, first: String) -> String {
        let were = count == 1 ? "was" : "were"
        return said("\(count) of \(executions) \(executions == 1 ? "order" : "orders") \(were) given up: \(first)")
    }

    /// The tasks of a serial run took several threads, one at a time.
    ///
    /// - Parameter first: Which task was the first that ran while another waited; `nil` where every task has a thread.
    public static func threads(_ count: Int, first: String?) -> String {
        said("\(count) threads took turns" + (first.map { ": \($0)" } ?? ""))
    }

    /// The time of a serial run was not virtual.
    public static var realTime: String {
        said("sleeps and timeouts took real time, because the program has threads that PoolTrace does not control")
    }

    /// A task of a serial run would need a thread of its own.
    public static func needsThread(_ task: String, waiting: String) -> String {
        said(
            "\(task) would run while \(waiting) waits in its middle; that needs a second thread, but --strategy one-thread "
                + "has only one")
    }

    /// A task runs for longer than its pool's limit.
    public static func stalled(limit: Duration) -> String { said("runs for longer than \(limit)") }
}

// MARK: - Divergences

extension Sentences {
    /// A replay came to a step that was not ready.
    public static func divergence(
        step: Int, of count: Int, file: String, expected: String, chosen: String, ready: Int
    ) -> String {
        let others = ready == 1 ? "no other task was ready" : "\(ready) tasks were ready"
        return said(
            "step \(step) of \(count) of \(file): expected \(expected), which was not ready; ran \(chosen); \(others)"
        )
    }

    /// A replay had to give up a delay.
    public static func divergence(delayed: String, until awaited: String) -> String {
        said("\(delayed) should have waited for \(awaited), but nothing else was ready, so it ran")
    }

    /// A task that the schedule in a file does not know.
    public static func unknownTask(file: String) -> String { said("a task that is not in \(file)") }
}

// MARK: - Symptoms

extension Sentences {
    /// A task failed.
    public static func failure(of type: String, thrown: Failure.Frame?, submitted: Site) -> String {
        let place = thrown.map { frame in
            frame.file.isEmpty ? " in \(frame.function)" : " at \(frame.file):\(frame.line)"
        }
        return said(type + (place ?? "") + ", in a task submitted at \(submitted)")
    }

    /// These tasks wait, and nothing could end that.
    public static func deadlock(of paths: [String]) -> String {
        paths.isEmpty ? said("a deadlock") : said("a deadlock of \(paths.joined(separator: ", "))")
    }

    /// The continuations of these tasks are lost.
    public static func lostContinuations(of paths: [String]) -> String {
        said("lost continuations: nothing resumes the async tasks \(paths.joined(separator: ", "))")
    }

    /// The program ended in a way that is no success.
    public static func program(_ ending: String) -> String { said("the program \(ending)") }

    /// A program ends with a status.
    public static func exits(status: Int32) -> String { said("exits with status \(status)") }

    /// A program is ended by a signal.
    public static func isEnded(bySignal signal: Int32) -> String {
        said("is killed by signal \(signal) (\(String(cString: strsignal(signal))))")
    }

    /// A program took too long.
    public static var doesNotEnd: String { said("exceeds the time limit") }

    /// The user ended it.
    public static var isInterrupted: String { said("is interrupted") }
}

// MARK: - What verify and minimize find

extension Sentences {
    /// Two runs differ at a step.
    public static func difference(step: Int, first: String, second: String) -> String {
        said("the runs differ at step \(step): the first \(first), the second \(second)")
    }

    /// The same steps run another task, or come to another end.
    public static func difference(task: String, submitted site: Site?, first: String, second: String) -> String {
        said(
            "the runs differ in \(task)\(site.map { ", submitted at \($0)" } ?? ""): the first has \(first), the second \(second)"
        )
    }

    /// A run has no such task.
    public static var isMissing: String { said("no such task") }

    /// The program printed something else.
    public static func difference(line: Int, first: String, second: String) -> String {
        said("the tasks are alike, and the output differs in line \(line): \"\(first)\" and \"\(second)\"")
    }

    /// A run has no such step.
    public static var isAtItsEnd: String { said("has ended") }

    /// A step of a run.
    public static func runs(_ path: String, submitted site: Site?) -> String {
        said("runs \(path)" + (site.map { ", submitted at \($0)" } ?? ""))
    }

    /// What makes runs differ.
    public static func cause(_ cause: String) -> String { said("likely cause: \(cause)") }

    /// With something fixed runs are alike.
    public static func cause(_ cause: String, fixedBy how: String) -> String {
        said("likely cause: \(cause); with \(how) all runs are the same")
    }

    /// Nothing that can be fixed makes runs differ.
    public static var unknownCause: String {
        said(
            "likely cause: external input, process or thread IDs, or a thread that PoolTrace does not control "
                + "(hash order, addresses, random numbers and clocks were ruled out)")
    }

    /// A program fails with these delays alone: what has to run after what.
    public static func fails(_ delays: [(delayed: String, until: String)]) -> String {
        guard !delays.isEmpty else {
            return said("It fails when the tasks run first in, first out; no delay is needed.")
        }
        let clauses = delays.map { "\($0.delayed) runs after \($0.until)" }
        return said("It fails when " + clauses.joined(separator: ",\nand ") + ".")
    }
}
