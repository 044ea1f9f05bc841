// MARK: - How each command exits

extension ExitTable {
    /// All sentences, by the commands.
    static let sentences: KeyValuePairs<String, ExitSentence> = [
        "run": run, "record": record, "view": view, "failures": failures, "stats": stats, "tasks": tasks,
        "critical-path": criticalPath, "profile": profile, "diff": diff, "export": export, "events": events,
        "snapshot": snapshot,
        "top": top, "stacks": stacks, "replay": replay, "explore": explore, "minimize": minimize, "verify": verify,
        "build": build, "doctor": doctor,
    ]

    static let run: ExitSentence = """
        \(program); \(only); \(.ownFailure) if pooltrace itself failed, \(room); \(.usage) for usage errors.
        """
    static let record: ExitSentence = """
        \(program); \(only); \(.ownFailure) if pooltrace or LTTng failed, \(room); \(.usage) for usage errors.
        """
    static let snapshot: ExitSentence = """
        \(.success) for success; \(.failure) if nothing was copied; \(.usage) for usage errors.
        """

    static let view: ExitSentence = "\(.success) for success; \(trace); \(lint); \(.usage) for usage errors."
    static let failures: ExitSentence = """
        \(.success) if no task failed; \(.tasksFailed) if one did; \(trace); \(.usage) for usage errors.
        """
    static let stats: ExitSentence = "\(.success) for success; \(trace); \(lint); \(.usage) for usage errors."
    static let tasks: ExitSentence = "\(.success) for success; \(trace); \(.usage) for usage errors."
    static let profile: ExitSentence = "\(.success) for success; \(trace); \(.usage) for usage errors."
    static let criticalPath: ExitSentence = "\(.success) for success; \(trace); \(.usage) for usage errors."
    static let diff: ExitSentence = """
        \(.success) if the runs are the same; \(.failure) if they differ; \(.trouble) if a trace cannot be read; \(.damaged) \
        if they are the same, but a trace is corrupt; \(.usage) for usage errors.
        """
    static let export: ExitSentence = """
        \(.success) for success; \(.failure) if a trace cannot be read or the file cannot be written; \(.damaged) if a trace is corrupt, after \
        exporting the readable rest; \(.usage) for usage errors.
        """
    static let events: ExitSentence = """
        \(.success) if everything was read; \(.failure) if nothing could be read; \(.damaged) if a trace is corrupt, after printing the readable rest
        (each corrupt section is a line on standard error; --strict stops at the first); \(.usage) for usage errors.
        """

    static let top: ExitSentence = """
        \(.success) for success; \(.failure) if there is no such process, or it has no ring; \(.usage) for usage errors.
        """
    static let stacks: ExitSentence = """
        \(.success) for success; \(.failure) if the process did not answer; \(.usage) for usage errors.
        """

    static let replay: ExitSentence = """
        for a schedule, the program's, as with run. For a trace, \(.success) if the run was reproduced; \(.failure) if no order reproduced \
        it; \(.otherTasks) if the program left the schedule with --strict, or the schedule does not match the program; \(runs).
        """
    static let explore: ExitSentence = "\(.success) if no run failed; \(.tasksFailed) if one did; \(runs)."
    static let minimize: ExitSentence = """
        \(.success) if the schedule was reduced; \(.failure) if the program does not fail under it, or not always; \(runs).
        """
    static let verify: ExitSentence =
        "\(.success) if the runs are the same; \(.failure) if they differ, or if the program has no pool and no async task, so that there is nothing to compare; \(runs)."

    static let build: ExitSentence = """
        that of swift build: \(.success) for success, \(.failure) if the package cannot be built; \(.notFound) if there is no swift; \
        \(.ownFailure) if pooltrace itself failed; \(.usage) for usage errors.
        """

    static let doctor: ExitSentence = """
        \(.success) if there is no error (there may be warnings); \(.failure) if there is one; \(.usage) for usage errors.
        """
}

// MARK: - What several say

extension ExitTable {
    private static let program: ExitSentence = """
        the program's, or 128 plus the number of the signal that killed it; \(.notFound) if the program does not exist; \(.cannotRun) if \
        it cannot be run
        """
    private static let only: ExitSentence = """
        \(.otherTasks) if it succeeded, but did not submit the task that --only names
        """
    private static let room: ExitSentence = """
        or if it succeeded, but the disk had no room for all of the trace
        """
    private static let runs: ExitSentence = """
        \(.ownFailure) if pooltrace failed; \(.cannotRun) or \(.notFound) if the program cannot be run; \(.usage) for usage errors
        """
    private static let trace: ExitSentence = """
        \(.failure) if a trace cannot be read; \(.damaged) if a trace is corrupt, after showing the readable rest
        """
    private static let lint: ExitSentence = "\(.denied) if a run has a lint that --deny names"
}
