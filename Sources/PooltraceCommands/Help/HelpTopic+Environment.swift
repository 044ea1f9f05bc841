extension HelpTopic {
    static let environmentText = """
        ENVIRONMENT: environment variables of programs with pools

        Every program that uses a pool reads them, however it is started. The program's
        own options (--serial and so on) take precedence, and so do the options of
        `pooltrace run`. An invalid value is named on standard error, and the default
        is used; with an invalid POOLTRACE_ONLY or POOLTRACE_REPLAY the program exits.

        TIME is 500ms, 1.5s, 2min or a plain number of seconds: the units are ns, us,
        ms, s, min, h, d. SIZE is 512K, 16M, 1G or a plain number of bytes: the units
        are B, K, M, G, T, in powers of 1024, also as k and KiB. Options take times,
        sizes and numbers (250, 10k, 10_000) in the same form.

        How tasks run:
          POOLTRACE_MODE=parallel      on workers (default)
          POOLTRACE_MODE=serial[:STRATEGY]
                                       one at a time. STRATEGY: fifo (default),
                                       lifo, random, delays[:PERCENT],
                                       pct[:DEPTH[:STEPS]], inline or one-thread
          POOLTRACE_SEED=N             seed for random, delays and pct
          POOLTRACE_WORKERS=N          number of workers in each pool, 1 to 4096
          POOLTRACE_ONLY=PATH          run only this task and those it waits for,
                                       serially
          POOLTRACE_REPLAY=FILE        run in the order of a schedule
          POOLTRACE_DIVERGENCE=resync|strict|continue
                                       if the program leaves the schedule: follow the
                                       rest of it (default), exit, or continue first
                                       in, first out
          POOLTRACE_BREAK_AT=PATH      stop before this task's body, in a debugger

        Recording:
          POOLTRACE_TRACE=DIR          record into this directory (default: memory)
          POOLTRACE_LIMIT=SIZE         maximum size of the ring; then the oldest events
                                       are overwritten (default: 16M in memory, 1G in
                                       a directory)
          POOLTRACE_PACKET=SIZE        size of a packet of the ring (default: 64K in
                                       memory, 1M in a directory)
          POOLTRACE_KEEP=TIME          how long events are kept at most, such as 60s
                                       (default: as long as there is room)
          POOLTRACE_RING=on|off        whether there is a ring (default: on)
          POOLTRACE_ON_FAILURE=DIR     copy the ring here on an unhandled failure or a
                                       crash
          POOLTRACE_SNAPSHOT_WHEN=BOUNDS
                                       copy the ring when a bound is passed, such as
                                       'wait>2s, run>10s, queue>1000, rate(failed)>5%'
          POOLTRACE_SNAPSHOT_DIR=DIR   where to (default: POOLTRACE_ON_FAILURE, else
                                       pooltrace-snapshots); with POOLTRACE_STALL,
                                       stalls are reasons for a copy too
          POOLTRACE_SNAPSHOT_EVERY=TIME
                                       minimum time between two copies (default: 10s)
          POOLTRACE_SNAPSHOT_LAST=N    number of copies to keep, the latest
                                       (default: 10)
          POOLTRACE_LTTNG=auto|on|off  send events to LTTng (default: auto, if a
                                       session daemon runs)
          POOLTRACE_CLOCK=tsc|monotonic
                                       clock of the events (default: tsc, the cycle
                                       counter, if it is invariant)
          POOLTRACE_TIME=on|off        whether workers record how long their tasks were
                                       on a processor, ready, and blocked (default: on)
          POOLTRACE_INPUT=full|type|none
                                       what is recorded of a task's input
                                       (default: full, its description)
          POOLTRACE_SAMPLE=TIME        sample the stacks of tasks after this much
                                       processor time of a worker, 100us to 1s, for
                                       `pooltrace profile` (default: never)
          POOLTRACE_BLOCKED=TIME|off   with POOLTRACE_SAMPLE: read the stack of a task
                                       that has been blocked for this long
                                       (default: 10ms)
          POOLTRACE_SAMPLE_METHOD=auto|perf|timer
                                       what samples tasks on a processor (default:
                                       auto, perf events where the kernel grants them
                                       and the worker switches seldom, else timers)
          POOLTRACE_FRAMES=folded|all  frames in failure reports (default: folded,
                                       without recursion and repetition)

        Programs that hang or crash:
          POOLTRACE_STACKS=on          answer SIGQUIT (Ctrl-\\) and `pooltrace stacks`
          POOLTRACE_STALL=TIME         report tasks that run longer than this
          POOLTRACE_SPIN=TIME          in serial mode, processor time that a task may
                                       take without a decision point; then other tasks
                                       continue (default: 5s; 1s with random, delays
                                       and pct)
          POOLTRACE_FAULTS=off         do not report crashes (SIGSEGV, SIGILL, ...)

        Async tasks:
          POOLTRACE_RUNTIME=record|pool|off
                                       executor in parallel mode: Swift's own threads
                                       (default: record), PoolTrace's workers (pool),
                                       or Swift's, unrecorded (off)
          POOLTRACE_FOLLOW=1           also record programs that the program starts
          POOLTRACE_PATIENCE=TIME      in serial mode, when no task is ready: how long
                                       to wait for a thread outside the pools to
                                       resume one (default: 2s)

        The command itself also reads NO_COLOR, COLUMNS, LC_ALL, XDG_STATE_HOME and
        LTTNG_HOME.

        """
}
