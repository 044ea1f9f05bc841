public import Logging
import PoolTrace

extension Logger.MetadataProvider {
    /// Says in every line which task of a pool has logged it: `pool`, `task` (its name, if it has one), `path` and
    /// `worker`.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .currentTask)
    /// ```
    ///
    /// Outside of tasks it adds nothing. Needs no carrier.
    public static let currentTask = Logger.MetadataProvider {
        guard let path = CurrentTask.path else { return [:] }
        var metadata: Logger.Metadata = ["path": "\(path)"]
        metadata["pool"] = CurrentTask.pool.map { "\($0)" }
        metadata["task"] = CurrentTask.name.map { "\($0)" }
        metadata["worker"] = CurrentTask.worker.map { "\($0)" }
        return metadata
    }
}
