extension HelpTopic {
    static let schedulesText = """
        SCHEDULES: the order of a serial run, as text

        In serial mode one thread runs all tasks, and a strategy says who is next:

          fifo       longest ready first (the default)
          lifo       last ready first
          random     by a seeded generator
          delays     longest ready first, but PERCENT of the tasks wait until no
                     other is ready
          pct        random priorities that change DEPTH - 1 times in about STEPS steps
          inline     inside submit, so that the submitter is on the stack
          strict     fifo on one thread: ends the program, with status 70, where a
                     task would run while another waits in its middle

        A schedule is a file that says the order itself. `pooltrace explore` writes
        one for each kind of failure, `replay --save` one that brought a run about
        again, `minimize --save` the smallest:

          pooltrace schedule 1
          program "checker"
          task 1 9f3a5c0011223344 "main.1" "checker/Main.swift" 44 "run()" "read"
          task 2 17ab5c0011223344 "main.2" "checker/Main.swift" 45 "run()"
          delays 1
          1 after 2
          end

        `delays` are the deviations from fifo, `steps` the whole order. In version 2 a
        task's later parts stand there as well: 1@3 is task 1 from its third decision
        point on. In version 3, which is made of a parallel run, that is after its
        third wait for a task. Tasks are
        known by their paths: main.3.1 is the first task that was submitted by the
        third of main. Site and name must match too, so a schedule outlives small
        changes of the program. Where the program leaves it, POOLTRACE_DIVERGENCE
        says what happens; --strict ends the program.

        """

    static let replayText = """
        REPLAY: from a rare failure to the same one every time

        A run that failed in parallel, recorded by `run`:
          pooltrace run --dir failing -- ./checker data
          pooltrace replay failing -- ./checker data
        A trace does not say which of two tasks that overlapped came first where it
        mattered, so replay tries the orders that could have been until one fails in
        the same way, and leaves it as a schedule.

        A failure that nobody has seen yet:
          pooltrace explore --dir found -- ./checker data
          pooltrace minimize --save least.schedule found/failure-7.schedule \\
              -- ./checker data
          pooltrace replay least.schedule -- ./checker data

        A single task, alone: the report's `rerun` line,
          pooltrace run --only main.3 -- ./checker data

        What is ordered: async tasks from one suspension to the next, and under the
        strategies that search (random, delays, pct) all other tasks from one decision
        point to the next: a submit, a wait, PoolTrace's locks and conditions. Under
        fifo, lifo and inline a task that waits runs what it waits for itself, whole.
        A race between two instructions does not show when one task runs at a time:
        swift run --sanitize=thread is for those. `pooltrace verify` finds what else
        differs from run to run, and --pin makes it the same.

        """
}
