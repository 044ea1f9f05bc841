public import PoolModel
import PoolRecorder

/// A wait with a timeout ended before its task did.
///
/// The task goes on.
public struct TimeoutError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The task that was waited for, `main.3.1`; of several, the first that had not ended.
    public let task: String
    /// Its name, if it has one.
    public let name: String?
    /// Where it was submitted.
    public let site: Site
    /// How long it was waited for.
    public let timeout: Duration
    /// How many others were waited for and had not ended either.
    public let others: Int

    init(_ job: Job, timeout: Duration, others: Int = 0) {
        task = job.path.description
        name = Recorder.name(job.name)
        site = Recorder.knownSite(job.site)
        (self.timeout, self.others) = (timeout, others)
    }

    /// A sentence that names the task: `task main.3.1 "walk", submitted at Module/File.swift:41, had not ended after
    /// 1.0 seconds`.
    public var description: String {
        let place = site == .unknown ? "" : ", submitted at \(site),"
        let more = others == 0 ? "" : " and \(others) more"
        return "task \(task)\(name.map { " \"\($0)\"" } ?? "")\(place)\(more) had not ended after \(timeout)"
    }
}
