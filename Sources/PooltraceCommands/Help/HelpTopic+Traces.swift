extension HelpTopic {
    static let tracesText = """
        TRACES: what is recorded, and where

        Every program with a pool records the submission, start, end and failure of
        each task into a ring buffer in memory, of 16 MiB per process. It is always on.

          pooltrace run -- CMD         records into a directory, up to 1 GiB, below
                                       $XDG_STATE_HOME/pooltrace or where --dir says
          pooltrace record -- CMD      records into an LTTng session
          pooltrace snapshot PID       copies the ring of a running process
          pooltrace run --snapshot-when BOUNDS -- CMD
                                       records into memory, and keeps a copy each time
                                       that a bound is passed

        The files of a trace are sparse: `du` says what they take on the disk, `ls -l`
        what they may take.

        `view`, `failures`, `stats`, `tasks`, `events` and `replay` take any of these
        directories. A trace survives a crash of its process: everything recorded before
        SIGKILL is in it.

        Events may be missing for two reasons. The oldest events of a full ring are
        overwritten, which is normal. Events that could not be stored are discarded,
        and every view warns of them.

        Runs in the state directory stay until you remove them:
          pooltrace doctor --prune

        """

    static let lttngText = """
        LTTNG: recording with LTTng

          pooltrace record -- ./checker data

        uses a running session daemon, or starts one for the time of the
        recording. It leaves no session and no daemon behind. `pooltrace
        doctor` checks what is missing.

        By hand, with the provider library from pooltrace's installation:
          lttng create checker
          lttng enable-event --userspace 'pooltrace:*'
          lttng start
          POOLTRACE_LTTNG=on LD_PRELOAD=PREFIX/lib/libPoolTraceLTTng.so ./checker
          lttng destroy

        With POOLTRACE_LTTNG=auto, the default, events go to LTTng if a session daemon
        runs when the program starts or creates a pool, and if the library is found:
        beside the executable, in ../lib from there, or in the dynamic linker's path.
        Otherwise nothing of LTTng is loaded.

        LTTng's events have the same names and fields as those of the ring, and the
        commands read both. From version 2.15 on LTTng writes the Common Trace Format 2;
        with LTTNG_SESSIOND_DEFAULT_TRACE_FORMAT=ctf-1.8 the session daemon that
        `record` starts writes the older format, which more tools read.

        """

    static let formatsText = """
        FORMATS: input and output formats

        Input: the Common Trace Format, 1.8 and 2, from PoolTrace, LTTng and other
        tracers. Corrupt traces are read as far as possible; each corrupt section is a
        line on standard error, and the exit status is \(CommandExit.damaged.rawValue). With --strict reading
        stops at the first. Unknown properties and packets with the UUID of another
        trace are lines on standard error too; in `events` also discarded events,
        missing packets and time that goes back.

        Output:
          view, failures     text, or --format json (pooltrace.view,
                             pooltrace.failures): times in nanoseconds
          stats, tasks       text, --format csv, or json (pooltrace.stats,
                             pooltrace.tasks)
          critical-path, diff
                             text, or --format json (pooltrace.critical-path,
                             pooltrace.diff)
          profile            text, or --format json (pooltrace.profile), collapsed,
                             speedscope, pprof
          events             text, or --format json: one object per line, or with
                             --summary a single one (pooltrace.summary)
          doctor             text, or --format json (pooltrace.doctor)
          explore, minimize, replay, verify
                             their results: text, or --format json
                             (pooltrace.explore, pooltrace.minimize,
                             pooltrace.replay, pooltrace.verify)
          explore, minimize, replay --save
                             schedules, as text: pooltrace help schedules
          run, snapshot      Common Trace Format 1.8, which babeltrace2 reads as well
          record             LTTng's traces: the same format, or from LTTng 2.15 on
                             the Common Trace Format 2

        A JSON document names its schema and version. Keys are added, never removed
        or changed within a version.

        """
}
