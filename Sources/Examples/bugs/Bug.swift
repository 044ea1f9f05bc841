import ArgumentParser

/// The programs, by what is wrong with them.
enum Bug: String, CaseIterable, ExpressibleByArgument {
    case lostUpdate = "lost-update"
    case closeOvertakesFlush = "close-overtakes-flush"
    case unorderedReduce = "unordered-reduce"
    case deadlock
    case starvation
    case checkThenAct = "check-then-act"
    case lostContinuation = "lost-continuation"
    case droppedCancellation = "dropped-cancellation"
    case doubleResume = "double-resume"

    /// What happens in it, in a sentence.
    var summary: String {
        switch self {
        case .lostUpdate: "Pool. Two deliveries are booked at the same time, and one of them is overwritten."
        case .closeOvertakesFlush: "Pool. A log is closed before its last lines are written."
        case .unorderedReduce:
            "Pool. Pieces of a checksum are combined in order of arrival, even if they are not adjacent."
        case .deadlock: "Pool. All workers wait for a file that only a worker could load: it hangs."
        case .starvation: "Pool. New settings wait for a moment without requests, and give up."
        case .checkThenAct: "Async. Two payments both see money that is enough for one."
        case .lostContinuation: "Async. A second reader replaces the first, which is never resumed: it hangs."
        case .droppedCancellation: "Async. A client hangs up before it is in line, and waits for ever: it hangs."
        case .doubleResume: "Pool and async. Two servers answer a request that is answered once: it traps."
        }
    }

    /// On the main thread, where the programs that know nothing of async submit their tasks.
    @MainActor
    func run() async throws {
        switch self {
        case .lostUpdate: try LostUpdate.run()
        case .closeOvertakesFlush: try CloseOvertakesFlush.run()
        case .unorderedReduce: try UnorderedReduce.run()
        case .deadlock: try Deadlock.run()
        case .starvation: try Starvation.run()
        case .checkThenAct: try await CheckThenAct.run()
        case .lostContinuation: try await LostContinuation.run()
        case .droppedCancellation: try await DroppedCancellation.run()
        case .doubleResume: try await DoubleResume.run()
        }
    }
}
