extension HelpTopic {
    static let schedulesText = """
        SCHEDULES: strategies; orders of tasks as text

        In serial mode one task runs at a time, and a strategy picks the next one:

          fifo       the task that has been ready longest (default)
          lifo       the task that became ready last
          random     any ready task, by a seeded generator
          delays     like fifo, but PERCENT of the tasks wait until no other is ready
          pct        by random priorities that change DEPTH - 1 times in about STEPS
                     steps (probabilistic concurrency testing)
          inline     the task just submitted, inside submit, so that the submitter is
                     on the stack
          one-thread fifo on exactly one thread; the program ends with status 70 where
                     a task would have to run while another one waits in its middle

        A schedule is a file with an order. `pooltrace explore` writes one for each
        kind of failure, `replay --save` one that reproduced a run, and
        `minimize --save` the smallest:

          pooltrace schedule 1
          program "checker"
          task 1 9f3a5c0011223344 "main.1" "checker/Main.swift" 44 "run()" "read"
          task 2 17ab5c0011223344 "main.2" "checker/Main.swift" 45 "run()"
          delays 1
          1 after 2
          end

        `delays` lists the deviations from fifo, `steps` the whole order. A line may
        name a part of a task: 1@3 is task 1 from its third decision point on (an async
        task from its third suspension on). 1@wait3 is task 1 from the end of its third
        wait on. Schedules made from parallel runs have only such parts, since their
        traces show only waits; so have threads outside the pools.

        Tasks are known by their paths: main.3.1 is the first task submitted by the
        third task of main. Site and name must match too, so a schedule outlives small
        changes of the program. If the program leaves the schedule,
        POOLTRACE_DIVERGENCE decides what happens; --strict ends the program.

        """

    static let reproduceText = """
        REPRODUCE: how to reproduce a rare failure

        A run that failed in parallel, recorded by `run`:
          pooltrace run --dir failing -- ./checker data
          pooltrace replay failing -- ./checker data
        A trace does not say which of two overlapping tasks acted first, so replay
        tries the possible orders until one fails in the same way, and writes it as
        a schedule.

        A failure that has not been seen yet:
          pooltrace explore --dir found -- ./checker data
          pooltrace minimize --save least.schedule found/failure-7.schedule \\
              -- ./checker data
          pooltrace replay least.schedule -- ./checker data

        A single task, alone (the report's `rerun` line; there is none where only the
        order of several tasks makes the program fail):
          pooltrace run --only main.3 -- ./checker data

        What is put in order: the parts of async tasks between two suspensions. The
        strategies random, delays and pct also put the parts of all other tasks in
        order, between two decision points: a submit, a wait, a sleep, a lock, a
        condition or a semaphore, of PoolTrace or not. A `Mutex` is one only while it is
        not free. Under fifo, lifo and inline a waiting task runs the awaited task
        itself, as a whole.

        A data race, of two instructions without a lock between them, is found while one
        task runs at a time, and is the same in every run, if ThreadSanitizer watches:
          pooltrace build
          pooltrace run --races -- .build-races/debug/checker data
          pooltrace explore --races -- .build-races/debug/checker data

        What else differs from run to run is fixed, unless --no-pin is given: hash
        order, addresses, random numbers, the wall clock and elapsed time. Clocks show
        virtual time: a sleep of a second moves them by a second, and the program does
        not really wait. While orders are searched for, a sleep or a timeout may end
        while tasks are ready, as on a busy machine; a short one is likelier to.
        `pooltrace verify` finds out whether anything else differs.

        """
}
