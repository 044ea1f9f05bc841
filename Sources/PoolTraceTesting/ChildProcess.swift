import CPoolTraceTesting
import Foundation
import Synchronization

/// This executable, started again.
final class ChildProcess: Sendable {
    /// How it ended.
    enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// It took longer than it may.
        case overran(Duration)
        /// Nobody wants to know any more.
        case cancelled
        /// With an errno.
        case notStarted(Int32)
    }

    let arguments: [String]
    let environment: [String: String]
    let output: String
    let error: String

    private struct State {
        /// Until it is reaped.
        var process: pid_t?
        /// Why it was killed, or is not started at all.
        var killed: Ending?
    }
    private let state = Mutex(State())

    init(arguments: [String], environment: [String: String], output: String, error: String) {
        (self.arguments, self.environment, self.output, self.error) = (arguments, environment, output, error)
    }

    /// Runs it to its end, which comes early after `limit` and where the task is cancelled.
    func run(limit: Duration) async -> Ending {
        await withTaskCancellationHandler {
            let alarm = Task {
                try await Task.sleep(for: limit)
                end(.overran(limit))
            }
            defer { alarm.cancel() }
            return await withCheckedContinuation { continuation in
                // A thread of its own, with which the child ends: one of a pool's may go while the child runs.
                Thread.detachNewThread { continuation.resume(returning: self.runHere()) }
            }
        } onCancel: {
            end(.cancelled)
        }
    }

    private func end(_ why: Ending) {
        state.withLock { state in
            if state.killed == nil { state.killed = why }
            if let process = state.process { kill(process, SIGKILL) }
        }
    }

    private func runHere() -> Ending {
        let started: Result<pid_t, ChildProblem> = state.withLock { state in
            if let killed = state.killed { return .failure(ChildProblem(ending: killed)) }
            var process: pid_t = 0
            let problem = start(&process)
            guard problem == 0 else { return .failure(ChildProblem(ending: .notStarted(problem))) }
            state.process = process
            return .success(process)
        }
        switch started {
        case .failure(let problem): return problem.ending
        case .success(let process):
            pooltrace_test_wait(process)
            return state.withLock { state in
                state.process = nil
                var code: Int32 = 0
                let wasSignalled = pooltrace_test_reap(process, &code)
                return state.killed ?? (wasSignalled ? .signalled(code) : .exited(code))
            }
        }
    }

    private struct ChildProblem: Error { let ending: Ending }

    private func start(_ process: inout pid_t) -> Int32 {
        var arguments = arguments.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        return pooltrace_test_start(&arguments, &variables, output, error, &process)
    }
}
