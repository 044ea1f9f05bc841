import AsyncCases
import Dispatch
import Glibc

// A program whose main is not async: it waits, in the way that many do, for what async tasks make of the case that its
// argument names; or, asked to be a "runner", as a bundle of tests does.

@_silgen_name("$ss13_runAsyncMainyyyyYaKcF")
func runAsyncMain(_ body: @Sendable @escaping () async throws -> Void)

guard let name = CommandLine.arguments.dropFirst().first, let found = AsyncCase(rawValue: name) else {
    fatalError("no such case: \(CommandLine.arguments.dropFirst())")
}
if CommandLine.arguments.dropFirst(2).first == "runner" {
    runAsyncMain {
        try await found.run()
        exit(0)
    }
}
let isDone = DispatchSemaphore(value: 0)
Task.detached {
    try await found.run()
    isDone.signal()
}
isDone.wait()
