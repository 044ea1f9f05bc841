internal import PoolModel

// What is missing: failures that nobody saw, ends, events.
extension Run {
    var lossLints: [Lint] { [unretrieved, races, neverEnded, discarded].compactMap { $0 } }

    private var unretrieved: Lint? {
        let races = Set(failures.filter { $0.race != nil }.map(\.number))
        let printed = printed.filter { !races.contains($0.number) }
        guard !printed.isEmpty else { return nil }
        let numbers = Set(printed.map(\.number))
        let told = zip(failures, failureTasks).filter { numbers.contains($0.0.number) }
        let count = printed.reduce(UInt64(printed.count)) { $0.addingReportingOverflow($1.same).partialValue }
        let paths = told.prefix(3).map(\.0.path)
        let verb =
            count == 1
            ? "1 task failed, and the program did not handle the error"
            : "\(count) tasks failed, and the program did not handle the errors"
        let left = count - min(count, UInt64(paths.count))
        let which =
            paths.isEmpty ? "" : ": " + paths.joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
        return Lint(.unretrievedFailures, verb + which, tasks: told.map(\.1))
    }

    private var races: Lint? {
        let racing = zip(failures, failureTasks).compactMap { failure, task in
            failure.race.map { (pair: "\(failure.path) with \($0.path)", task: task) }
        }
        guard !racing.isEmpty else { return nil }
        let which = racing.prefix(3).map(\.pair).joined(separator: ", ")
        let left = racing.count - min(racing.count, 3)
        let count = racing.count == 1 ? "1 data race" : "\(racing.count) data races"
        return Lint(
            .dataRaces, "\(count): \(which)" + (left > 0 ? " and \(left) more" : ""), tasks: racing.map(\.task))
    }

    private var neverEnded: Lint? {
        var first: [Int] = []
        var (running, waiting) = (0, 0)
        for (position, task) in tasks.entries.enumerated() where task.isShown && task.ended == nil {
            // A promise is a task that no pool runs; where the process did not end by itself, what waits may still
            // start.
            let isWaiting = task.started == nil
            guard !isWaiting || (status != nil && task.pool != 0 && state(of: task) == .notStarted) else { continue }
            if isWaiting { waiting += 1 } else { running += 1 }
            if first.count < Lint.maximumTasks { first.append(position) }
        }
        guard running + waiting > 0 else { return nil }
        let which = called(tasks: first, of: running + waiting)
        var parts: [String] = []
        if running > 0 { parts.append("\(running) task\(running == 1 ? "" : "s") started and did not end") }
        if waiting > 0 { parts.append("\(waiting) never started") }
        let end = status == nil ? "the trace ends" : "the process ended"
        return Lint(
            .neverEnded, "\(parts.joined(separator: ", ")) before \(end): \(which)",
            tasks: first.map { tasks.entries[$0].number },
            remedy: first.allSatisfy { isAsync(tasks.entries[$0]) } ? Lint.Kind.neverEnded.asyncRemedy : nil)
    }

    private var discarded: Lint? {
        guard loss.discarded > 0 else { return nil }
        return Lint(
            .discardedEvents,
            "\(loss.discarded) of \(loss.emitted) events were not stored: tasks and times may be missing")
    }
}
