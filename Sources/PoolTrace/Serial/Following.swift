import CPoolRecorder
import Glibc
import PoolModel
import PoolRecorder
import PoolSchedule

/// A replay in progress: a schedule, and what the run has met of it.
///
/// Guarded by the baton's monitor.
final class Following {
    /// After so many steps without one task of the schedule it is that of something else.
    private static let patience = 100

    var strategy: any FollowingStrategy
    var granularity: Schedule.Granularity { schedule.granularity }
    /// Whether it has all steps, and not only what deviates from first in, first out.
    var hasSteps: Bool { if case .steps = schedule.order { true } else { false } }
    private let schedule: Schedule
    private let file: String
    private let tasks: [UInt64: Schedule.Task]
    private var steps = 0
    private var met = 0
    private var isTold = false
    /// How many waits each thread outside the pools has ended.
    private var waits: [UInt64: UInt32] = [:]

    private init(_ schedule: Schedule, file: String, _ policy: Settings.Divergence) {
        self.schedule = schedule
        self.file = file
        tasks = Dictionary(schedule.tasks.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        switch schedule.order {
        case .steps(let steps):
            strategy = RecordedStrategy(
                steps: steps,
                // What a parallel run recorded of them are places of waits, and no steps.
                threads: schedule.granularity == .points
                    ? [] : Set(schedule.tasks.lazy.filter(\.isThread).map(\.number)),
                staysAfterDivergence: policy != .continue)
        case .delays(let delays): strategy = DelayedStrategy(delays: delays)
        }
    }

    /// Reads the schedule that the settings name.
    ///
    /// A process of another program, which the one that is replayed has started, say, has an order of its own: nil.
    /// A schedule that cannot be read ends the process, since any other order would not be the one asked for.
    static func start(_ file: String, _ settings: Settings) -> Following? {
        let name = TerminalText.escape(file)
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try SystemCalls.contents(of: file, limit: Schedule.longestText) } catch {
            refuse("\(name): \(SystemError.reason(error.number)): the schedule to replay cannot be read")
        }
        let schedule: Schedule
        do { schedule = try Schedule(parsing: bytes, file: file) } catch { refuse(TerminalText.escape("\(error)")) }
        let executable = String(cString: pooltrace_executable())
        let own = executable.split(separator: "/").last.map(String.init) ?? ""
        guard schedule.program.name == own else {
            Notice.write(
                "replay: \(name) is a schedule of \(TerminalText.escape(schedule.program.name)), and this is "
                    + "\(TerminalText.escape(own)): its tasks run first in, first out")
            return nil
        }
        let buildID = String(cString: pooltrace_build_id())
        if schedule.program.buildID != buildID {
            Notice.write(
                "replay: \(name) was made by another build of \(TerminalText.escape(own)): tasks are matched by path, function and name"
            )
        }
        return Following(schedule, file: name, settings.divergence)
    }

    /// Ends the process with a sentence.
    static func refuse(_ sentence: String) -> Never {
        Notice.write("replay: \(sentence)")
        PoolRegistry.reportUnretrieved()
        Recorder.recordEnd(status: 65)
        pooltrace_signals_flush()
        _exit(65)
    }

    /// Takes in a task; one of the schedule's paths that comes from another place is not that of the schedule.
    func add(_ task: ReadyTask, of job: Job) {
        guard let known = tasks[task.task] else { return strategy.add(task) }
        // The ticket of a segment does not say where its task was submitted, and the names of async tasks are ours.
        let isSame =
            job.kind == .segment
            || (known.site == nil || job.site == 0 || known.site?.function == Recorder.knownSite(job.site).function)
                && (known.name == nil || known.name == Recorder.name(job.name))
        if isSame { met += 1 }
        strategy.add(isSame ? task : ReadyTask(task: ~task.task, segment: task.part.segment, token: task.token))
    }

    func next() -> ReadyTask? {
        let next = strategy.next()
        if next != nil { steps += 1 }
        if steps == Self.patience, met == 0, !tasks.isEmpty {
            Self.refuse(
                "none of the first \(steps) tasks of this run is one of \(file), which was made by: "
                    + TerminalText.escape(schedule.program.command))
        }
        return next
    }

    /// A thread outside the pools has ended a wait: the part of it that comes now.
    func nextPart(ofThread root: UInt64) -> TaskPart {
        defer { waits[root, default: 0] &+= 1 }
        return TaskPart(task: root, segment: waits[root, default: 0])
    }

    /// Where the run first left the schedule, once; written down.
    func takeDivergence() -> Divergence? {
        guard !isTold, let divergence = strategy.divergence else { return nil }
        isTold = true
        if pooltrace_is_recording() {
            pooltrace_record_divergence(
                pooltrace_clock_now(), UInt64(divergence.step), divergence.expected.task, divergence.chosen.task,
                UInt32(clamping: divergence.ready))
        }
        return divergence
    }

    /// A divergence in words.
    func sentence(on divergence: Divergence) -> String {
        let (expected, chosen) = (text(divergence.expected), text(divergence.chosen))
        return switch schedule.order {
        case .steps(let steps):
            Sentences.divergence(
                step: divergence.step, of: steps.count, file: file, expected: expected, chosen: chosen,
                ready: divergence.ready)
        case .delays: Sentences.divergence(delayed: chosen, until: expected)
        }
    }

    private func text(_ part: TaskPart) -> String {
        guard let task = tasks[part.task] else { return Sentences.unknownTask(file: file) }
        let segment = schedule.suffix(of: part, isThread: task.isThread)
        let site = task.site.map { ", submitted at \($0)" } ?? ""
        return TerminalText.escape(task.path + segment + (task.name.map { " \"\($0)\"" } ?? "") + site)
    }
}
