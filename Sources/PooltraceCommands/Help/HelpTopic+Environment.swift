extension HelpTopic {
    static let environmentText = """
        ENVIRONMENT: the variables that programs with pools read

        They hold for every program that uses a pool, however it is started. The
        program's own options (--serial and so on) go before them, and so do the
        options of `pooltrace run`. A value that makes no sense is named on standard
        error, and the default is used.

        TIME is 500ms, 1.5s, 2min or a plain number of seconds: the units are ns, us,
        ms, s, min, h, d. SIZE is 512K, 16M, 1G or a plain number of bytes: the units
        are B, K, M, G, T, in powers of 1024, also as k and KiB. Options say times,
        sizes and numbers (250, 10k, 10_000) in the same way.

        How tasks run:
          POOLTRACE_MODE=parallel      on workers (the default)
          POOLTRACE_MODE=serial[:STRATEGY]
                                       one at a time. STRATEGY: fifo,
                                       lifo, random, delays[:PERCENT],
                                       pct[:DEPTH[:STEPS]], inline or strict
          POOLTRACE_SEED=N             the seed of random, delays and pct
          POOLTRACE_WORKERS=N          tasks of a pool that run at a time, 1 to 4096
          POOLTRACE_ONLY=PATH          one task alone, with what it waits for
          POOLTRACE_REPLAY=FILE        in the order of a schedule
          POOLTRACE_DIVERGENCE=resync|strict|continue
                                       where the program leaves a schedule: go on by
                                       what is left of it, end, or go on first in,
                                       first out
          POOLTRACE_BREAK_AT=PATH      stop before this task's body, in a debugger

        Recording:
          POOLTRACE_TRACE=DIR          into a folder; otherwise into memory
          POOLTRACE_LIMIT=SIZE         how big the ring may be: 16M in memory, 1G in
                                       a folder; then the oldest events make room
          POOLTRACE_PACKET=SIZE        its packets: 64K in memory, 1M in a folder
          POOLTRACE_RING=on|off        whether there is a ring at all: on
          POOLTRACE_ON_FAILURE=DIR     where a failure or a crash leaves a snapshot
          POOLTRACE_LTTNG=auto|on|off  events to LTTng: auto, if a session daemon runs
          POOLTRACE_CLOCK=tsc|monotonic
                                       what stamps events: tsc, where it is invariant
          POOLTRACE_INPUT=full|type|none
                                       what is kept of a task's input: full

        What hangs or crashes:
          POOLTRACE_STACKS=on          answer SIGQUIT (Ctrl-\\) and `pooltrace stacks`
          POOLTRACE_STALL=TIME         tell of tasks that run for longer
          POOLTRACE_FAULTS=off         leave SIGSEGV, SIGILL and the like alone

        Async tasks that are taken over:
          POOLTRACE_RUNTIME=record|pool|off
                                       who runs them in parallel: Swift's own threads
                                       (record), workers of ours, or untouched
          POOLTRACE_FOLLOW=1           also in the programs that the program starts
          POOLTRACE_PATIENCE=TIME      how long, serially, another thread may take to
                                       resume a task when nothing is ready: 2s

        The command itself also honours NO_COLOR, COLUMNS, LC_ALL, XDG_STATE_HOME
        and LTTNG_HOME.

        """
}
