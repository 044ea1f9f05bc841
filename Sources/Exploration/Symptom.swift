package import PoolModel
package import TraceAnalysis

/// How a run went wrong, as far as two runs are compared by it.
package enum Symptom: Hashable, Sendable {
    /// A task failed, in this way.
    case failure(Failure.Signature, text: String)
    /// These async tasks wait for what nobody does any more: their continuations are lost.
    case lost(paths: [String])
    /// Nothing could go on any more, these tasks among it.
    case deadlock(paths: [String])
    /// The program ended in a way that is no success, and no task failed.
    ///
    /// - Parameter overdue: The tasks that spun or were blocked, a sentence each.
    case ending(Trial.Ending, overdue: [String] = [])

    /// What went wrong in a run; nothing if it passed.
    ///
    /// A failure that the program took itself counts only if the program then did not end well.
    package static func all(_ ending: Trial.Ending, _ runs: [Run]) -> [Symptom] {
        var failures: [Failure] = []
        for run in runs {
            let printed = Set(run.printed.map(\.number))
            failures += ending == .exited(0) ? run.failures.filter { printed.contains($0.number) } : run.failures
        }
        var seen: Set<Symptom> = []
        let symptoms = failures.sorted { $0.number < $1.number }.map(Symptom.init).filter { seen.insert($0).inserted }
        if symptoms.isEmpty, ending != .exited(0) {
            let marks = runs.flatMap { run in run.marks.map { (kind: $0.kind, task: $0.task, run: run) } }
            func paths(_ kind: MarkKind) -> [String]? {
                let marked = marks.filter { $0.kind == kind }
                guard !marked.isEmpty else { return nil }
                return marked.filter { $0.task != 0 }.map { $0.run.path(ofTask: $0.task) }.sorted()
            }
            if let lost = paths(.lost) { return [.lost(paths: lost)] }
            if let stuck = paths(.deadlock) { return [.deadlock(paths: stuck)] }
            return [.ending(ending, overdue: ending == .overtime ? runs.flatMap(\.overdue) : [])]
        }
        return symptoms
    }

    /// What went wrong in a run that is known by its trace alone.
    package static func all(_ run: Run) -> [Symptom] {
        switch run.status {
        case .some(let status) where 128..<192 ~= status: all(.signalled(status - 128), [run])
        case .some(let status): all(.exited(status), [run])
        // It died, and the trace does not say how.
        case nil: run.failures.isEmpty ? [.ending(.overtime, overdue: run.overdue)] : run.failures.map(Symptom.init)
        }
    }

    private init(_ failure: Failure) {
        self = .failure(
            failure.signature,
            text: Sentences.failure(of: failure.type, thrown: failure.frames.first, submitted: failure.site))
    }

    /// Whether both are the same way to go wrong.
    ///
    /// A trace without an end may be that of a program that hung, crashed or was killed; where continuations are lost a
    /// parallel run hangs.
    package func matches(_ other: Symptom) -> Bool {
        switch (self, other) {
        case (.failure(let left, _), .failure(let right, _)): left == right
        case (.ending(.overtime, _), .ending(.signalled, _)), (.ending(.signalled, _), .ending(.overtime, _)): true
        case (.ending(.overtime, _), .lost), (.lost, .ending(.overtime, _)): true
        case (.ending(.overtime, _), .deadlock), (.deadlock, .ending(.overtime, _)): true
        default: self == other
        }
    }

    /// In words.
    package var description: String {
        switch self {
        case .failure(_, let text): text
        case .lost(let paths): Sentences.lostContinuations(of: paths)
        case .deadlock(let paths): Sentences.deadlock(of: paths)
        case .ending(let ending, let overdue):
            Sentences.program(ending.description) + (overdue.isEmpty ? "" : ": \(overdue.joined(separator: "; "))")
        }
    }

    /// Which of these it is, as a key of documents.
    package var key: String {
        switch self {
        case .failure: "failure"
        case .lost: "lost"
        case .deadlock: "deadlock"
        case .ending(.exited, _): "exit"
        case .ending(.signalled, _): "signal"
        case .ending(.overtime, _): "timeout"
        case .ending(.interrupted, _): "interrupt"
        }
    }

    package static func == (left: Symptom, right: Symptom) -> Bool {
        switch (left, right) {
        case (.failure(let left, _), .failure(let right, _)): left == right
        case (.lost(let left), .lost(let right)): left == right
        case (.deadlock(let left), .deadlock(let right)): left == right
        case (.ending(let left, _), .ending(let right, _)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .failure(let signature, _): hasher.combine(signature)
        case .lost(let paths), .deadlock(let paths): hasher.combine(paths)
        case .ending(let ending, _): hasher.combine(ending)
        }
    }
}
