import InMemoryLogging
import Logging
import PoolTrace
import PoolTraceLogging

/// A logger as a program has it, and the handler that keeps what it logs.
private let handler = InMemoryLogHandler()

func loggers() throws {
    LoggingSystem.bootstrap({ _, provider in handler.with(provider) }, metadataProvider: .currentTask)
    let pool = try ThreadPool(
        name: "files", workers: 2, configuration: PoolConfiguration(carriers: [LoggerCarrier()]))
    Logger.current.info("outside")
    let futures = withLogger(mergingMetadata: ["request": "r-7"]) { _ in
        [
            pool.submit(name: "read") { Logger.current.info("reading") },
            pool.submit(name: "outer") {
                try withLogger(mergingMetadata: ["step": "2"]) { _ in
                    try pool.submit(name: "inner") { Logger.current.info("nested") }.value()
                }
            },
        ]
    }
    try withLogger(mergingMetadata: ["request": "of whoever waits"]) { _ in
        for future in futures { try future.value() }
        pool.submit { Logger.current.info("without a name") }
    }
    try withLogger(mergingMetadata: ["request": "r-8"]) { _ in
        _ = try pool.map(0..<3, name: "page") { Logger.current.info("page \($0)") }
    }
    try pool.shutdown()
    let lines = handler.entries.map { entry in
        let worker = entry.metadata["worker"].map { _ in " on a worker" } ?? ""
        let metadata = entry.metadata.filter { $0.key != "worker" }.map { "\($0.key)=\($0.value)" }
        return "\(entry.message): \(metadata.sorted().joined(separator: " "))\(worker)"
    }
    print(lines.sorted().joined(separator: "\n"))
}

extension InMemoryLogHandler {
    /// The same, which writes to the same place.
    fileprivate func with(_ provider: Logger.MetadataProvider?) -> Self {
        var handler = self
        handler.metadataProvider = provider
        return handler
    }
}
