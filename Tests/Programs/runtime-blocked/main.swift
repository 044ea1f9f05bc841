import AsyncCases
import Dispatch
import PoolTraceRuntime

// As blocked-program, linked with PoolTraceRuntime.

guard let name = CommandLine.arguments.dropFirst().first, let found = AsyncCase(rawValue: name) else {
    fatalError("no such case: \(CommandLine.arguments.dropFirst())")
}
let isDone = DispatchSemaphore(value: 0)
Task.detached {
    try await found.run()
    isDone.signal()
}
isDone.wait()
