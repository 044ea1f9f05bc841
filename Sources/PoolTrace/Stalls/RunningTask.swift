import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder
import Synchronization

/// A task that a worker runs, as another thread sees it.
struct RunningTask: Sendable {
    let pool: String
    let worker: UInt32
    let thread: UInt32
    let task: UInt64
    /// When it started, as a stamp of the recorder's clock.
    let start: UInt64
    /// `main.3.1 "load"`.
    let title: String
    /// A line for each submission, from the task's own up to the root's.
    let submitted: [String]
    /// Where it was submitted and by whom, if that is known: `by main at files/Walk.swift:41 in run()`.
    let place: String?
    /// The task, map or lock that it waits for, if it is parked.
    private(set) var awaited: String?
    /// The thread that holds that, where it is a RecursiveLock.
    private(set) var lockThread: UInt32?
    /// Who holds that, where it is a lock and a task or main does: "main.3 holds it, taken at File.swift:12".
    private(set) var holder: String?

    /// The tasks that run now, by pool and worker.
    static func all(of pools: [PoolCore]) -> [RunningTask] {
        var tasks: [RunningTask] = []
        Inspection.run {
            for core in pools {
                core.forEachWorker { worker in
                    if let task = RunningTask(worker, of: core) { tasks.append(task) }
                }
            }
        }
        addForeignLocks(to: &tasks)
        return tasks
    }

    /// What those wait for that wait for none of PoolTrace's own.
    private static func addForeignLocks(to tasks: inout [RunningTask]) {
        func top(of thread: UInt32) -> Int? {
            tasks.indices.filter { tasks[$0].thread == thread }.max { tasks[$0].start < tasks[$1].start }
        }
        for place in tasks.indices where tasks[place].awaited == nil && top(of: tasks[place].thread) == place {
            guard let wait = ForeignLocks.wait(ofThread: tasks[place].thread) else { continue }
            tasks[place].awaited = wait.lock
            guard let thread = wait.holder else { continue }
            let name =
                top(of: thread).map { tasks[$0].title } ?? (thread == UInt32(getpid()) ? "main" : "thread \(thread)")
            tasks[place].holder = "\(name) holds it\(wait.site)"
        }
    }

    /// Inside an inspection.
    private init?(_ worker: Worker, of core: PoolCore) {
        let bits = UInt(worker.current.value.pointee.load(ordering: .acquiring))
        guard let shown = UnsafePointer<TaskContext.Shown>(bitPattern: bits) else { return nil }
        let job = TaskContext.Shown.job(of: shown)
        pool = core.name
        self.worker = worker.number
        thread = shown.pointee.thread
        task = job.task
        start = shown.pointee.start
        title = Self.title(job)
        submitted = Self.submissions(of: job)
        place = Recorder.knownSite(job.site) == .unknown ? nil : submitted.first
        awaited = WaitGraph.awaited(by: shown).map { awaited in
            switch awaited {
            case .end(let awaited):
                let site = Recorder.knownSite(awaited.job.site)
                return "task \(Self.title(awaited.job)), submitted at \(TerminalText.escape("\(site)"))"
            case .lock(let lock):
                lockThread = lock.hold?.thread
                return lock.hold.map { hold in
                    let site = TerminalText.escape("\(Recorder.knownSite(hold.site.number))")
                    return "a RecursiveLock, taken at \(site) by thread \(hold.thread)"
                } ?? "a RecursiveLock"
            }
        }
    }

    static func title(_ job: Job) -> String {
        let name = Recorder.name(job.name).map { " \"\(TerminalText.escape($0))\"" } ?? ""
        return TerminalText.escape(TextLimit.cut(job.path.description, to: TextLimit.short)) + name
    }

    private static func submissions(of job: Job) -> [String] {
        let ancestors = job.parentNode.ancestors
        let sites = [job.site] + ancestors.map(\.site)
        var lines: [String] = []
        for (place, site) in sites.enumerated() {
            let site = Recorder.knownSite(site)
            let by = place < ancestors.count ? ancestors[place].path : job.parentNode.rootPath
            lines.append(
                "by \(TerminalText.escape("\(by)")) at \(TerminalText.escape(site.description)) "
                    + "in \(TerminalText.escape(site.function))")
        }
        return lines
    }

    /// `in flight: main.3 "walk", submitted by main at files/Walk.swift:41 in run(), on worker 2 of pool "files" for
    /// 1.24 s`.
    static func tell(_ tasks: [RunningTask]) {
        let now = pooltrace_clock_now()
        for task in tasks {
            let place = "worker \(task.worker) of pool \"\(TerminalText.escape(task.pool))\""
            let time = DurationText.text(nanoseconds: task.running(at: now))
            let site = task.submitted.first ?? "?"
            Notice.write(raw: "pooltrace: in flight: \(task.title), submitted \(site), on \(place) for \(time)\n")
        }
    }

    /// How long it has run, in nanoseconds.
    func running(at now: UInt64) -> UInt64 { pooltrace_clock_nanoseconds(start, max(start, now)) }

    /// Where its thread is now; empty if it has ended meanwhile.
    ///
    /// Interrupts the thread for as long as a copy of its stack takes.
    func stack() -> [String] {
        var addresses = [UInt64](repeating: 0, count: Self.maximumFrames)
        let count = Self.sampling.withLock { _ in
            pooltrace_stack_sample(thread, task, &addresses, UInt32(addresses.count))
        }
        return addresses.prefix(Int(count)).flatMap(ThrowSite.frames).map { frame in
            let function = TerminalText.escape(frame.function)
            return frame.file.isEmpty ? function : "\(function) at \(TerminalText.escape(frame.file)):\(frame.line)"
        }
    }

    private static let maximumFrames = 64
    /// One sample at a time.
    private static let sampling = Guarded<Void>(())
}

extension TaskNode {
    /// The path of the root above.
    fileprivate var rootPath: TaskPath {
        var node = self
        while let parent = node.parent { node = parent }
        return node.path
    }
}
