import CEventTable
import CPoolRecorder
import PoolModel
import PoolRecorder

/// Elements of a map that ran in a worker process: recorded and explained here, with the worker's own stamps.
struct RemoteElements {
    private let map: Map
    private let core: PoolCore
    private let worker: Worker
    /// The map's path.
    let path: String
    /// Since when the worker may have been at them, and until when.
    private var since: UInt64 = 0
    private var until: UInt64 = 0

    init(map: Map, core: PoolCore, worker: Worker) {
        (self.map, self.core, self.worker) = (map, core, worker)
        path = map.job.path.description
    }

    func task(_ element: Int) -> UInt64 { TaskID.element(of: map.job.task, index: UInt64(element)) }

    /// A request is about to be made that begins with `element`.
    mutating func begin(_ element: Int) { since = pooltrace_clock_now() }

    /// The answers are there.
    mutating func arrived() { until = pooltrace_clock_now() }

    func succeed(_ element: Int, _ answer: Answer, input: @autoclosure () -> Any) {
        guard pooltrace_is_recording() || map.hooks != nil else { return }
        let (start, end) = stamps(answer)
        tell(element, start: start, end: end, .succeeded)
        SlowInputs.note(job(of: element), from: start, to: end, core.configuration.inputs) {
            TaskInput(input()).text($0)
        }
    }

    private func job(of element: Int) -> Job {
        var job = map.job
        job.index = UInt64(element)
        job.task = task(element)
        return job
    }

    /// - Parameter answer: What the worker said; `nil` where it died.
    func fail(_ element: Int, _ error: any Error, _ answer: Answer? = nil, input: Any) {
        let (start, end) = answer.map(stamps) ?? (since, pooltrace_clock_now())
        tell(element, start: start, end: end, .failed)
        let failure = core.explain(
            error, of: job(of: element), started: start, at: end, on: worker, input: TaskInput(input))
        map.fail(element, failure)
    }

    private func tell(_ element: Int, start: UInt64, end: UInt64, _ outcome: Outcome) {
        if pooltrace_is_recording() {
            let task = task(element)
            pooltrace_record_task_start(start, task, worker.id)
            pooltrace_record_task_end(end, task, outcome.rawValue)
        }
        map.hooks?.begin(submitted: map.job.submitted, start: start)
        map.hooks?.end(outcome, start: start, end: end)
    }

    /// A worker's stamps, which may say anything, within the time of the request.
    private func stamps(_ answer: Answer) -> (start: UInt64, end: UInt64) {
        let start = min(max(answer.start, since), until)
        return (start, min(max(answer.end, start), until))
    }
}
