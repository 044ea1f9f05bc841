// MARK: - How each command exits

extension ExitTable {
    /// All sentences, by the commands.
    static let sentences: KeyValuePairs<String, ExitSentence> = [
        "run": run, "record": record, "view": view, "failures": failures, "stats": stats, "tasks": tasks,
        "critical-path": criticalPath, "diff": diff, "export": export, "events": events, "snapshot": snapshot,
        "top": top, "stacks": stacks, "replay": replay, "explore": explore, "minimize": minimize, "verify": verify,
        "doctor": doctor,
    ]

    static let run: ExitSentence = """
        \(program), \(.ownFailure) if pooltrace itself failed, \(.usage) for wrong options.
        """
    static let record: ExitSentence = """
        \(program), \(.ownFailure) if pooltrace or LTTng failed, \(.usage) for wrong options.
        """
    static let snapshot: ExitSentence = """
        \(.success); \(.failure) if nothing was copied; \(.usage) if the arguments are wrong.
        """

    static let view: ExitSentence = "\(.success); \(trace); \(lint); \(.usage) for wrong usage."
    static let failures: ExitSentence = """
        \(.success) if no task failed; \(.tasksFailed) if one did; \(trace); \(.usage) for wrong usage.
        """
    static let stats: ExitSentence = "\(.success); \(trace); \(lint); \(.usage) for wrong usage."
    static let tasks: ExitSentence = "\(.success); \(trace); \(.usage) for wrong usage."
    static let criticalPath: ExitSentence = "\(.success); \(trace); \(.usage) for wrong usage."
    static let diff: ExitSentence = """
        \(.success) if the runs are the same; \(.failure) if they differ, as for diff; \(.trouble) if one cannot be read; \(.damaged) \
        if they are the same as far as a damaged trace can be read; \(.usage) for wrong usage.
        """
    static let export: ExitSentence = """
        \(.success); \(.failure) if a trace cannot be read or the file not be written; \(.damaged) if a trace is damaged, after \
        exporting what is whole; \(.usage) for wrong usage.
        """
    static let events: ExitSentence = """
        \(.success) everything was read, \(.failure) nothing could be read, \(.damaged) there was damage (each is a line on standard error;
        what is whole was printed, with --strict what comes before the first), \(.usage) the command line is wrong.
        """

    static let top: ExitSentence = """
        \(.success); \(.failure) if there is no such process, or no ring in it; \(.usage) for wrong usage.
        """
    static let stacks: ExitSentence = """
        \(.success); \(.failure) if the process gave no answer; \(.usage) if the arguments are wrong.
        """

    static let replay: ExitSentence = """
        for a schedule that of the program, as with run. For a trace \(.success) if the run came about again; \(.failure) if no order did \
        it; \(runs). \(.leftSchedule): the program left the schedule, under --strict, or does not match it.
        """
    static let explore: ExitSentence = "\(.success) if no run failed; \(.tasksFailed) if one did; \(runs)."
    static let minimize: ExitSentence = """
        \(.success) if it was shrunk; \(.failure) if the schedule does not fail, or not always; \(runs).
        """
    static let verify: ExitSentence = "\(.success) if the runs are alike; \(.failure) if they differ; \(runs)."

    static let doctor: ExitSentence = """
        \(.success) if nothing is wrong, warnings aside; \(.failure) if something is; \(.usage) for wrong usage.
        """
}

// MARK: - What several say

extension ExitTable {
    private static let program: ExitSentence = """
        the program's, or 128 and the number of the signal that ended it; \(.notFound) if the program is not there, \(.cannotRun) if \
        it cannot be run
        """
    private static let runs: ExitSentence = """
        \(.ownFailure) if pooltrace failed, \(.cannotRun) or \(.notFound) if the program cannot be run, \(.usage) for wrong usage
        """
    private static let trace: ExitSentence = """
        \(.failure) if a trace cannot be read; \(.damaged) if one is damaged, after showing what is whole
        """
    private static let lint: ExitSentence = "\(.denied) if a run has a lint that --deny names"
}
