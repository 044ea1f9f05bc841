extension HelpTopic {
    static let tracesText = """
        TRACES: what is recorded, and where it is kept

        Every program with a pool records the submission, start, end and failure of
        each task into a ring in memory, 16 MiB a process, which is always on.

          pooltrace run -- CMD         records into a folder, up to 1 GiB, below
                                       $XDG_STATE_HOME/pooltrace, or with --dir
          pooltrace record -- CMD      records into an LTTng session
          pooltrace snapshot PID       copies the ring of a running process

        `view`, `failures`, `stats`, `tasks`, `events` and `replay` take any of these
        folders. A trace survives the death of its process: what was recorded before
        SIGKILL is there.

        Two words for what is missing: events that are older than the ring's window
        are overwritten, which is normal; events that were never stored are
        discarded, which views warn of.

        Runs in the state folder stay until you remove them:
          pooltrace doctor --prune

        """

    static let lttngText = """
        LTTNG: recording into LTTng sessions

          pooltrace record -- ./checker data

        uses the session daemon that runs, or starts one for the time of the
        recording, and leaves neither a session nor a daemon behind. `pooltrace
        doctor` says what is missing.

        By hand, with the provider library where pooltrace is installed:
          lttng create checker
          lttng enable-event --userspace 'pooltrace:*'
          lttng start
          POOLTRACE_LTTNG=on LD_PRELOAD=PREFIX/lib/libPoolTraceLTTng.so ./checker
          lttng destroy

        POOLTRACE_LTTNG=auto, the default, sends events to LTTng if a session daemon
        runs when the program starts or makes a pool, and the library is found: beside
        the executable, in the lib folder beside its folder, or where the linker
        looks. Without any of it nothing of LTTng is loaded.

        Events of LTTng have the same names and fields as those of the ring, and the
        commands read both. LTTng writes the Common Trace Format 2 from version 2.15
        on; LTTNG_SESSIOND_DEFAULT_TRACE_FORMAT=ctf-1.8 makes the session daemon that
        `record` starts write the older format, which more tools read.

        """

    static let formatsText = """
        FORMATS: what can be read and written

        Read: the Common Trace Format, 1.8 and 2: PoolTrace's, LTTng's and other
        tracers'. Damaged traces are read as far as they are whole; each damage is a
        line on standard error, and the exit status is \(CommandExit.damaged.rawValue). With --strict reading
        stops at the first. What is odd and no damage is a line, too: properties that
        the format does not know, packets with another trace's UUID; and in `events`
        discarded events, missing packets, and time that goes back.

        Written:
          view, failures     text, or --format json (pooltrace.view,
                             pooltrace.failures): times in nanoseconds
          stats, tasks       text, --format csv, or json (pooltrace.stats,
                             pooltrace.tasks)
          critical-path, diff
                             text, or --format json (pooltrace.critical-path,
                             pooltrace.diff)
          events             text, or --format json: one object a line, or with
                             --summary one in all (pooltrace.summary)
          doctor             text, or --format json (pooltrace.doctor)
          explore, minimize, replay, verify
                             what they found: text, or --format json
                             (pooltrace.explore, pooltrace.minimize,
                             pooltrace.replay, pooltrace.verify)
          explore, minimize, replay --save
                             schedules, as text: pooltrace help schedules
          run, snapshot      Common Trace Format 1.8: babeltrace2 and others read it
          record             LTTng's traces: the same format, or from LTTng 2.15 on
                             the Common Trace Format 2

        A JSON document names its schema and version. Keys are added, never removed
        or changed within a version.

        """
}
