/// A worker process ended while it ran a task: only that task has failed.
public struct WorkerDiedError: Error, Equatable, Sendable {
    /// How a process ends.
    public enum Ending: Equatable, Sendable {
        /// It called `exit` with this status.
        case exited(status: Int32)
        /// It was ended by a signal: killed, or crashed.
        case signalled(signal: Int32)
        /// The program itself waited for the process, so that nobody else can know.
        case unknown
    }

    /// The worker's process ID.
    public let processID: Int32
    /// How it ended.
    public let ending: Ending
    /// The task that it held, `main.3[7]`.
    public let task: String
    /// Why it may have ended, where something more is known; empty where not.
    public let reason: String
    /// What the task wrote to standard error: its first lines and its last, escaped for terminals.
    public let output: [String]
    /// The last events that the process recorded, oldest first, each as a line.
    public let lastEvents: [String]
    /// How it crashed, if it did.
    let crash: WorkerCrash?
}

extension WorkerDiedError: CustomStringConvertible {
    /// What happened, and the last that is known of the process, in one line.
    public var description: String {
        let how =
            switch ending {
            case .exited(let status): "exited with status \(status)"
            case .signalled(let signal): "was killed by signal \(signal) (\(SignalName.of(signal)))"
            case .unknown: "has ended"
            }
        var text = "worker process \(processID) \(how) while it ran \(task)"
        if let why = crash?.reason ?? (reason.isEmpty ? nil : reason) { text += ": \(why)" }
        // What Swift says before it stops a program tells more than the stack that it may print behind it.
        if let line = output.first(where: { $0.contains("Fatal error") || $0.contains("crashed") })
            ?? output.last(where: { !$0.isEmpty })
        {
            text += "; it printed: \(line)"
        }
        // Numbers, for who knows nothing better.
        if output.isEmpty, reason.isEmpty, crash == nil, !lastEvents.isEmpty {
            text += "; its last events: " + lastEvents.joined(separator: ", ")
        }
        return text
    }
}
