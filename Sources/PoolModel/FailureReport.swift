/// The product's face: one failure, and how many others failed the same way, as a value and as text.
///
/// The process and `pooltrace failures` make the same value and render it here, so both print the same bytes.
public struct FailureReport: Sendable, Equatable {
    /// The run that the failure belongs to.
    public struct Run: Sendable, Equatable {
        /// In which order the tasks ran, as far as commands that run the program again go by it.
        public enum Order: Sendable, Equatable {
            /// At the same time, on workers: another run has another order.
            case parallel
            /// One at a time, in an order that these options of `pooltrace run` give again: `--strategy lifo`.
            ///
            /// `isSearched`: by a strategy that looks for rare orders, so that a failing task may pass alone.
            case serial(options: String, isSearched: Bool)
            /// One at a time, in the order of a schedule; its file where that is known.
            case replayed(schedule: String?)
        }

        /// The program's command line without PoolTrace's options, each word quoted for a shell.
        public var command: String
        /// Where the run's trace can be found, if it was kept.
        public var trace: String?
        /// The order of its tasks.
        public var order: Order
        /// How many workers each pool has by an option or the environment; `nil` where the program says it.
        public var workers: UInt32?
        /// Whether it ran one task alone, by `--only`.
        public var isOfOneTask: Bool

        /// Creates a description of a run.
        public init(
            command: String, trace: String?, order: Order = .parallel, workers: UInt32? = nil, isOfOneTask: Bool = false
        ) {
            self.command = command
            self.trace = trace
            self.order = order
            self.workers = workers
            self.isOfOneTask = isOfOneTask
        }

        /// Whether its tasks ran at the same time.
        var isParallel: Bool { order == .parallel }

        /// A command of `pooltrace` that runs the program again with as many workers, escaped for terminals.
        ///
        /// - Parameter words: Options and files, escaped, each quoted for a shell.
        public func again(_ subcommand: String, _ words: String...) -> String {
            let workers = workers.map { ["--workers \($0)"] } ?? []
            return (["pooltrace", subcommand] + workers + words + ["--", TerminalText.escape(command)])
                .joined(separator: " ")
        }
    }

    /// The failure that the report explains.
    public let failure: Failure
    /// How many others failed the same way.
    public let others: UInt64
    /// The paths of the first few of them.
    public let otherPaths: [String]

    /// How many of the others a report names.
    public static let namedOthers = 3
    /// How much of an input or message a report shows, in characters.
    static let shownText = 1000

    /// Creates a report.
    public init(failure: Failure, others: UInt64 = 0, otherPaths: [String] = []) {
        self.failure = failure
        self.others = others
        self.otherPaths = otherPaths
    }

    /// One report for each signature among `failures`, in the order of their numbers.
    ///
    /// - Parameter failures: The failures, in any order.
    public static func reports(for failures: some Sequence<Failure>) -> [FailureReport] {
        var groups: [Failure.Signature: [Failure]] = [:]
        for failure in failures {
            groups[failure.signature, default: []].append(failure)
        }
        return groups.values.map { group in
            let sorted = group.sorted { $0.number < $1.number }
            let first = sorted[0]
            // Each failure has its place among the same ones: a trace may have lost some of those before it.
            let others = max(UInt64(sorted.count - 1), sorted.map(\.sameBefore).max() ?? 0)
            return FailureReport(
                failure: first, others: others,
                otherPaths: sorted.dropFirst().prefix(namedOthers).map(\.path))
        }.sorted { $0.failure.number < $1.failure.number }
    }
}

// MARK: - Text

extension FailureReport {
    /// Reports one after the other, separated by blank lines; empty without reports.
    ///
    /// - Parameters:
    ///   - reports: The reports, in the order in which they are printed.
    ///   - run: The run that the failures belong to.
    ///   - style: Whether to print in colour.
    ///   - frames: Whether to fold frames.
    ///   - previous: The failure reported just before the first of them.
    public static func text(
        of reports: [FailureReport], run: Run, style: TerminalStyle = .plain, frames: FrameDetail = .folded,
        after previous: Failure? = nil
    ) -> String {
        texts(of: reports, run: run, style: style, frames: frames, after: previous).joined(separator: "\n")
    }

    /// The text of each of several reports that are printed one after the other.
    public static func texts(
        of reports: [FailureReport], run: Run, style: TerminalStyle = .plain, frames: FrameDetail = .folded,
        after previous: Failure? = nil
    ) -> [String] {
        zip(reports, [previous] + reports.map(\.failure)).map {
            $0.text(run: run, style: style, frames: frames, after: $1)
        }
    }

    /// The report as text: a headline, then a labelled line for each part.
    ///
    /// Ends with a newline; it is safe to print on a terminal.
    ///
    /// - Parameters:
    ///   - run: The run that the failure belongs to.
    ///   - style: Whether to print in colour.
    ///   - frames: Whether to fold frames.
    ///   - previous: The failure reported just before, whose frames need not be repeated.
    public func text(
        run: Run, style: TerminalStyle = .plain, frames: FrameDetail = .folded, after previous: Failure? = nil
    ) -> String {
        var text = style.bold(style.red(headline)) + "\n"
        func add(_ label: String, _ lines: [String]) {
            for (index, line) in lines.enumerated() {
                let label = index == 0 ? label : ""
                let padding = String(repeating: " ", count: 11 - label.count)
                text += "  \(style.dim(label))\(padding)\(line)\n"
            }
        }
        if let input = failure.input { add("input", [Self.shown(input)]) }
        add("said", failure.said.map { Self.shown($0.text) })
        if let race = failure.race {
            add(race.access.present, thrown(frames, after: previous))
            let other = race.frames.isEmpty ? ["at an unknown place"] : Self.lines(of: race.frames, frames)
            let chain = race.site == .unknown ? [] : submitted(race.path, at: race.site, race.ancestors)
            add(
                race.isOtherFirst ? "after" : "before",
                ["\(race.otherTask) \(race.otherAccess.past) it:"] + other + chain.prefix(1).map { "submitted \($0)" }
                    + chain.dropFirst())
            if let memory = race.memoryText { add("memory", [memory]) }
        } else {
            add("thrown", thrown(frames, after: previous))
        }
        if !failure.isMain { add("submitted", submitted(failure.path, at: failure.site, failure.ancestors)) }
        add("ran", [ran])
        add(run.isParallel ? "beside" : "paused", beside(run))
        if others > 0 { add("others", [othersText]) }
        if let trace = run.trace { add("view", ["pooltrace view \(TerminalText.escape(ShellWord.quoted(trace)))"]) }
        if let rerun = rerun(run) { add("rerun", [rerun]) }
        if let replay = replay(run) { add("replay", [replay]) }
        return text
    }

    private var headline: String {
        "task \(TerminalText.escape(failure.path))\(quoted(failure.name)) failed: "
            + "\(TerminalText.escape(failure.type)): \(Self.shown(failure.message))"
    }

    private func thrown(_ detail: FrameDetail, after previous: Failure?) -> [String] {
        let frames = failure.frames
        guard let first = frames.first else {
            return ["at unknown: the error was not thrown by Swift's `throw` in this task"]
        }
        if detail == .folded, let previous, previous.frames == frames, frames.count > 2 {
            let path = TerminalText.escape(previous.path)
            return [
                Self.line(of: first), "... \(frames.count - 1) more frames, the same as in the report of \(path)",
            ]
        }
        return Self.lines(of: frames, detail)
    }

    private static func lines(of frames: [Failure.Frame], _ detail: FrameDetail) -> [String] {
        FoldedFrames(frames, detail).parts.map { part in
            switch part {
            case .frame(let frame): line(of: frame)
            case .folded(let count, let functions):
                "... \(count) more frames of \(functions.map(TerminalText.escape).joined(separator: ", "))"
            }
        }
    }

    private static func line(of frame: Failure.Frame) -> String {
        let location = frame.file.isEmpty ? "" : " at \(TerminalText.escape(frame.file)):\(frame.line)"
        return TerminalText.escape(frame.function) + location
    }

    /// A line for each submission, from a task's own up to the root's.
    private func submitted(_ path: String, at site: Site, _ ancestors: [Failure.Ancestor]) -> [String] {
        var lines: [String] = []
        var submitter = TaskPath(path)?.submitter
        var site = site
        for ancestor in ancestors {
            lines.append(line(submitter, name: ancestor.name, at: site))
            site = ancestor.site
            submitter = submitter?.submitter
        }
        lines.append(line(submitter, name: nil, at: site))
        return lines
    }

    private func line(_ path: TaskPath?, name: String?, at site: Site) -> String {
        let by = "by \(path?.description ?? "?")\(quoted(name))"
        // Of the async tasks of a program that knows nothing of us.
        if site == .unknown { return by + " at an unknown site" }
        return "\(by) at \(TerminalText.escape(site.description)) in \(TerminalText.escape(site.function))"
    }

    private var ran: String {
        if failure.isMain { return "outside of every task" }
        if failure.isPromise { return "not at all: it is a promise, which other code completes" }
        guard failure.worker > 0 else {
            return "not at all: pool \"\(TerminalText.escape(failure.poolName))\" rejected it"
        }
        return "on worker \(failure.worker) of pool \"\(TerminalText.escape(failure.poolName))\": "
            + "\(DurationText.text(nanoseconds: failure.queueWait)) in the queue, started "
            + "\(DurationText.text(nanoseconds: failure.start)) into the run, ran for "
            + DurationText.text(nanoseconds: failure.runTime)
    }

    /// The other tasks that had started and not ended: on other workers, or in a serial run each stopped in its middle.
    private func beside(_ run: Run) -> [String] {
        let lines = failure.beside.map { neighbour in
            let task = TerminalText.escape(neighbour.path) + quoted(neighbour.name)
            let time = DurationText.text(nanoseconds: neighbour.running)
            return run.isParallel
                ? "worker \(neighbour.worker): \(task), for \(time)"
                : "\(task), started on worker \(neighbour.worker) \(time) earlier"
        }
        if failure.besideOmitted > 0 { return lines + ["and \(failure.besideOmitted) more"] }
        guard lines.isEmpty else { return lines }
        return [run.isParallel ? "nothing else" : "no other task"]
    }

    private var othersText: String {
        let named = otherPaths.map(TerminalText.escape).joined(separator: ", ")
        let more = others > UInt64(otherPaths.count) && !otherPaths.isEmpty ? ", ..." : ""
        return "\(others) failed the same way" + (named.isEmpty ? "" : ": \(named)\(more)")
    }

    /// How the task runs alone; nothing where it failed for the order of the tasks around it.
    private func rerun(_ run: Run) -> String? {
        guard !run.command.isEmpty, !failure.isPromise, failure.race == nil else { return nil }
        switch run.order {
        case .serial(_, isSearched: true), .replayed: return nil
        case .parallel, .serial:
            return run.again("run", "--only \(TerminalText.escape(ShellWord.quoted(failure.path)))")
        }
    }

    /// How the whole run comes again in its order.
    private func replay(_ run: Run) -> String? {
        // The order of a run of one task is that of `rerun`.
        guard !run.command.isEmpty, !failure.isPromise, !run.isOfOneTask else { return nil }
        let races = failure.race == nil ? "" : "--races "
        func replay(_ file: String) -> String {
            run.again("replay", races + TerminalText.escape(ShellWord.quoted(file)))
        }
        if let trace = run.trace { return replay(trace) }
        switch run.order {
        case .parallel: return "the run was not recorded; to record one: \(run.again("run"))"
        case .serial(let options, _): return run.again("run", races + options)
        case .replayed(let schedule): return schedule.map(replay)
        }
    }

    private func quoted(_ name: String?) -> String {
        name.map { " \"\(Self.shown($0))\"" } ?? ""
    }

    private static func shown(_ text: String) -> String {
        TerminalText.escape(text.count > shownText ? text.prefix(shownText) + "..." : text)
    }
}
