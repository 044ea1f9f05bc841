import Foundation
import PoolTrace
import Testing

/// One test, and how it is run in a process of its own.
struct TestRun: Sendable {
    /// A run that did not pass.
    struct Failure: Sendable {
        let ending: ChildProcess.Ending
        let issues: [ChildIssue]
        /// Whether the child had anything to do with the test.
        let hasRun: Bool
        let folder: String

        /// A test that took too long would only do so again.
        var isRepeatable: Bool {
            switch ending {
            case .exited, .signalled: hasRun
            case .overran, .cancelled, .notStarted: false
            }
        }

        var trace: String? {
            let path = "\(folder)/trace"
            return FileManager.default.fileExists(atPath: path) ? path : nil
        }
        var error: String { "\(folder)/error" }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }
    }

    let test: Test
    let folder: RunFolder
    /// The longest that one run may take.
    let limit: Duration

    /// Runs the test in an order; `nil` if it passed, of which nothing is left then.
    func run(_ order: Order, as name: String) async -> Failure? {
        await Turns.shared.take {
            let folder = "\(self.folder.path)/\(name)"
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let child = ChildProcess(
                arguments: arguments(events: "\(folder)/events"),
                environment: environment(order, trace: "\(folder)/trace"),
                output: "\(folder)/output", error: "\(folder)/error")
            let ending = await child.run(limit: min(limit, test.timeLimit ?? limit))
            let events = ChildEvents(path: "\(folder)/events", test: "\(test.id)")
            let failure = Failure(ending: ending, issues: events.issues, hasRun: events.hasRun, folder: folder)
            guard ending == .exited(0), events.hasRun else { return failure }
            failure.remove()
            return nil
        }
    }

    /// As `swift test` starts the bundle, for this test alone and one case after the other.
    private func arguments(events: String) -> [String] {
        [
            CommandLine.arguments.first ?? "", "--testing-library", "swift-testing", "--no-parallel", "--filter",
            "^\(TestFilter.escape("\(test.id)"))$", "--event-stream-output-path", events, "--event-stream-version", "0",
        ]
    }

    /// Set where data races between tasks are looked for; to this value where traits say how their tests run.
    static let races = "POOLTRACE_RACES"
    static let racesByTraits = "traits"

    private func environment(_ order: Order, trace: String) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment["POOLTRACE_TRACE"] = trace
        environment["POOLTRACE_LIMIT"] = "64M"
        environment["POOLTRACE_PACKET"] = "64K"
        environment["POOLTRACE_LTTNG"] = "off"
        environment["NO_COLOR"] = "1"
        // Swift's own backtrace of a crash takes longer than most tests.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        // A task that spins is named before the time is up.
        if environment["POOLTRACE_SPIN"] == nil, limit < .seconds(20) {
            environment["POOLTRACE_SPIN"] = "\(max(10, limit / 4 / .milliseconds(1)))ms"
        }
        if environment[Self.races] != nil { environment[Self.races] = "1" }
        for (name, value) in order.environment { environment[name] = value }
        return environment
    }
}
