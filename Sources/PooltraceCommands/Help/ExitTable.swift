/// THE list of exit statuses: what each means, and how each command exits.
///
/// The topic `exit-codes`, the paragraph in each command's help, and with it the manual pages, are made from it; tests
/// compare the two halves with each other and with README.
enum ExitTable {
    /// What a status means: for the commands that are named, or for all.
    struct Meaning {
        let commands: [String]
        let text: String

        fileprivate init(_ text: String, of commands: String...) {
            self.commands = commands
            self.text = text
        }
    }

    /// A status; its meanings stand in lines.
    struct Row {
        let status: CommandExit
        let lines: [[Meaning]]
    }

    /// In the order of their numbers.
    static let rows = [
        Row(status: .success, lines: [[Meaning("success: nothing failed, everything was read")]]),
        Row(
            status: .failure,
            lines: [
                [Meaning("failure:")],
                [
                    Meaning(
                        "a trace cannot be read, or the output file of an export cannot be written", of: "view",
                        "failures",
                        "stats", "tasks", "critical-path", "profile", "events", "export")
                ],
                [
                    Meaning("nothing was copied", of: "snapshot"),
                    Meaning("the process did not answer", of: "stacks"),
                ],
                [Meaning("no such process, or the process has no ring", of: "top", "view --pid")],
                [Meaning("no order reproduced the recorded run", of: "replay")],
                [Meaning("the program does not fail under the schedule, or not always", of: "minimize")],
                [Meaning("the runs differ", of: "verify", "diff"), Meaning("found an error", of: "doctor")],
                [Meaning("the program has no pool and no async task to compare", of: "verify")],
                [Meaning("the package cannot be built", of: "build")],
            ]),
        Row(
            status: .tasksFailed,
            lines: [
                [
                    Meaning("tasks or runs failed", of: "failures", "explore"),
                    Meaning("a trace cannot be read", of: "diff"),
                ]
            ]),
        Row(
            status: .damaged,
            lines: [
                [
                    Meaning(
                        "a trace is corrupt; the readable rest was shown", of: "view", "failures", "stats", "tasks",
                        "critical-path", "profile", "diff", "events", "export")
                ]
            ]),
        Row(status: .denied, lines: [[Meaning("a run has a lint that --deny names", of: "view", "stats")]]),
        Row(status: .usage, lines: [[Meaning("usage error")]]),
        Row(
            status: .otherTasks,
            lines: [
                [
                    Meaning(
                        "the program left the schedule (with --strict), or the schedule does not match the program",
                        of: "replay")
                ],
                [Meaning("the program did not submit the task that --only names", of: "run", "record")],
            ]),
        Row(
            status: .lostContinuations,
            lines: [
                [
                    Meaning(
                        "a program in serial mode is deadlocked, or async tasks can never be resumed (lost continuations)"
                    )
                ]
            ]),
        Row(
            status: .ownFailure,
            lines: [
                [
                    Meaning(
                        "pooltrace itself failed", of: "run", "record", "replay", "explore", "minimize", "verify",
                        "build")
                ],
                [
                    Meaning(
                        "the program succeeded, but the disk had no room for all of the trace", of: "run", "record")
                ],
            ]),
        Row(status: .cannotRun, lines: [[Meaning("the program cannot be run")]]),
        Row(status: .notFound, lines: [[Meaning("the program does not exist")]]),
    ]
}
