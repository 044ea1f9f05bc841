import AsyncCases
import Dispatch

// A program whose main is not async: it waits, in the way that many do, for what async tasks make of the case that its argument names.

guard let name = CommandLine.arguments.dropFirst().first, let found = AsyncCase(rawValue: name) else {
    fatalError("no such case: \(CommandLine.arguments.dropFirst())")
}
let isDone = DispatchSemaphore(value: 0)
Task.detached {
    try await found.run()
    isDone.signal()
}
isDone.wait()
