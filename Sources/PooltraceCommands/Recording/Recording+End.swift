internal import Exploration
internal import Glibc
internal import PoolModel
internal import PoolSchedule
internal import TraceAnalysis
internal import TraceViews

// MARK: - What is said when the program has ended

extension Recording.Notice {
    /// How many tasks that were running are named.
    private static let namedTasks = 5

    /// Says how the program ended, what failed, and what to type next.
    ///
    /// A program that ends reports by itself the failures that it did not take; they are not told again. One that died
    /// could not.
    ///
    /// - Parameters:
    ///   - hasRaces: Whether data races between tasks were looked for.
    ///   - isByLTTng: Whether LTTng wrote the trace: it does not say in it that the disk was full.
    /// - Returns: What to exit with: the program's status, unless it succeeded and its trace found no room on the disk.
    func end(
        of status: ForegroundProgram.Status, program: String, directory: String, hasRaces: Bool = false,
        isByLTTng: Bool = false
    ) -> ForegroundProgram.Status {
        let hadRoom = tell(status, program, directory, hasRaces: hasRaces, isByLTTng: isByLTTng)
        return !hadRoom && status == .exited(0) ? .own(.ownFailure) : status
    }

    /// Returns false if there was no room on the disk for all of the trace.
    private func tell(
        _ status: ForegroundProgram.Status, _ program: String, _ directory: String, hasRaces: Bool, isByLTTng: Bool
    ) -> Bool {
        let obstacle = TraceDirectory.obstacle(toWritingIn: directory)
        func warnOfObstacle() {
            guard let obstacle else { return }
            warn(TerminalText.escape("\(directory): no room for the trace: \(obstacle); events are missing from it"))
        }
        sayIfKilled(program, status)
        let runs: [Run]
        do {
            let reading = try RunReader.read(directory)
            for damage in reading.damage { warn(TerminalText.escape(damage)) }
            runs = reading.runs.filter { !$0.isEmpty }
        } catch {
            // A directory without any trace: the program recorded nothing.
            if rmdir(directory) != 0 {
                warn(TerminalText.escape("\(error)"))
                warnOfObstacle()
                return obstacle == nil
            }
            runs = []
        }
        guard !runs.isEmpty else {
            if obstacle == nil { sayNothingRecorded(by: program) } else { warnOfObstacle() }
            return obstacle == nil
        }
        if hasRaces { say(Sentences.racesLookedFor(inSeveralOrders: false)) }
        if isByLTTng { warnOfObstacle() }
        for run in runs {
            tell(run, isOneOfSeveral: runs.count > 1)
            tellThreads(of: run)
        }
        let folder = TerminalText.escape(ShellWord.quoted(directory))
        put("\(style.dim("view"))      pooltrace view \(folder)\n")
        if runs.contains(where: { !$0.samples.all.isEmpty }) {
            put("\(style.dim("profile"))   pooltrace profile \(folder)\n")
        }
        if runs.contains(where: { !$0.failures.isEmpty }) {
            // The reports name others that failed in the same way: with theirs.
            let all = runs.contains { run in run.reports.contains { $0.others > 0 } } ? "--all " : ""
            put("\(style.dim("failures"))  pooltrace failures \(all)\(folder)\n")
        } else if status != .exited(0), let run = runs.first(where: { $0.programName == program })?.reportRun,
            !run.isOfOneTask
        {
            // No report names the command.
            put("\(style.dim("replay"))    \(run.again("replay", folder))\n")
        }
        return !(isByLTTng && obstacle != nil) && runs.allSatisfy { $0.roomProblem == nil }
    }

    func sayIfKilled(_ program: String, _ status: ForegroundProgram.Status) {
        guard case .signalled(let signal) = status else { return }
        say("\(TerminalText.escape(program)) was killed by signal \(signal) (\(String(cString: strsignal(signal))))")
    }

    private func sayNothingRecorded(by program: String) {
        say(
            """
            the program '\(TerminalText.escape(program))' created no pool, and no async task of it was recorded, so there is nothing to show. PoolTrace records programs that use its \
            ThreadPool (depend on the product PoolTrace, then `import PoolTrace`); `pooltrace run` records the async tasks of others, too
            """)
    }

    private func tell(_ run: Run, isOneOfSeveral: Bool) {
        let whose = isOneOfSeveral ? run.pid.map { " of process \($0)" } ?? "" : ""
        if let problem = run.roomProblem {
            let lost =
                "\(run.loss.overwritten) events\(whose) were overwritten and \(run.loss.discarded) were discarded"
            warn("\(TerminalText.escape(problem)): \(lost); the trace is incomplete")
        } else if run.loss.discarded > 0 {
            warn("\(run.loss.discarded) events\(whose) were discarded; the trace is incomplete")
        }
        let hasEnded = run.status != nil
        if !hasEnded { nameRunning(in: run, whose) }
        guard !run.failures.isEmpty else { return }
        let reports = run.reports
        let printed = Set(run.printed.map(\.number))
        let unprinted = reports.filter { !printed.contains($0.failure.number) }
        let ways = reports.count == 1 ? "" : ", in \(reports.count) different ways"
        let count = "\(Counted.text(run.failures.count, "task"))\(whose) failed\(ways)"
        if unprinted.isEmpty { return say("\(count); reported above") }
        if hasEnded {
            return say(
                "\(count); the program handled \(unprinted.count == reports.count ? "" : "some of ")the errors itself")
        }
        say("\(count)")
        put(FailureReport.text(of: unprinted, run: run.reportRun, style: style))
    }

    /// How many threads the tasks of a serial run took, which decides what a debugger shows, and whose time they had.
    private func tellThreads(of run: Run) {
        guard run.status != nil, let process = run.process, process.isSerial else { return }
        if let mark = run.marks.first(where: { $0.kind == .realTime }) {
            say("serial run: \(TerminalText.escape(mark.text))")
        }
        guard StrategyName(process.strategy)?.searches == false else { return }
        if let mark = run.marks.first(where: { $0.kind == .threads }) {
            say("serial run: \(TerminalText.escape(mark.text))")
        } else if !run.marks.contains(where: { $0.kind.isUncontrolled || $0.kind == .takeover }) {
            say("serial run: one thread ran all tasks")
        }
    }

    private func nameRunning(in run: Run, _ whose: String) {
        let left = run.tasks.entries.filter { $0.isShown && run.state(of: $0) == .notEnded }
        let running = left.filter { run.isRunning($0) }
        if !running.isEmpty {
            say("when the program\(whose) died, it was running \(names(of: running, in: run))")
        } else if !left.isEmpty {
            say("when the program\(whose) died, these tasks were suspended: \(names(of: left, in: run))")
        }
        for sentence in run.overdue { say(TerminalText.escape(sentence)) }
    }

    private func names(of tasks: [TaskEntry], in run: Run) -> String {
        let named = tasks.prefix(Self.namedTasks).map { task in
            let name = run.name(of: task).map { " \"\(TerminalText.escape($0))\"" } ?? ""
            return TerminalText.escape(run.path(of: task)) + name
        }
        let more = tasks.count > named.count ? " and \(tasks.count - named.count) more" : ""
        return named.joined(separator: ", ") + more
    }
}
