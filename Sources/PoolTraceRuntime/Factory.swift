import CPoolTraceLooks
import PoolTrace
@_spi(ExperimentalCustomExecutors) import _Concurrency

/// Hands Swift's runtime our executors.
private struct Factory: ExecutorFactory {
    static var mainExecutor: any MainExecutor { MainThreadExecutor.shared }
    static var defaultExecutor: any TaskExecutor { DefaultExecutor.shared }
}

/// Called by the constructor in `CPoolTraceRuntime`.
@_cdecl("pooltrace_runtime_take")
public func takeExecutors() {
    SwiftTasks.take { pooltrace_looks_watch($0) }
    _createExecutors(factory: Factory.self)
}
