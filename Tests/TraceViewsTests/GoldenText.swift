/// What `SampleRun.typical()` looks like, up to the reports, by the screen's width.
enum GoldenText {
    static let unicode40 = """
        jsoncheck --workers 2 data
          trace      runs/jsoncheck-1
          process    4711, parallel
          ended      unknown: killed or still
                     running; the last event is
                     601 ms after the first
          pools      "files" with 2 workers
          tasks      12: 9 succeeded, 2 failed,
                     1 not ended
          events     48 shown
          mark       last file (at 560 ms)
          lint       2 tasks failed, and the
                     program did not handle the
                     errors: main.5 and 1 more
                     unretrieved-failures: Call
                     the future's `value()`, or
                     catch errors inside a task
                     of `execute`, which has no
                     future. `pooltrace
                     failures` shows the
                     reports.
          lint       1 task started and did not
                     end before the trace ends:
                     main.12 "check"
                     never-ended: Call
                     `shutdown()` on the pool
                     before the process ends. If
                     it hung, `pooltrace stacks
                     PID` shows where.

        timeline  a column is 22.3 ms
        pool "files"                       busy
           1 │▐██▐.3███▐.6█▐.7███▐██▐.11█│  97%
           2 │▐.2██▐███▐.5██x▐███▐.9█x▐█>│  97%
        queue│█▇▇▆▆▅▅▅▅▅▄▄▄▄▃▃▃▃▃▁▁▁▁▁   │   12
              ╵0                    ╵500 ms
              ░▒▓█ busy   x failed   > not ended
              queue: tasks waiting

        times              p50      p99      max
          check, 12 tasks
          queue wait    201 ms   527 ms   527 ms
          run time     97.0 ms   134 ms   134 ms
          turnaround    323 ms   600 ms   600 ms

        """

    static let unicode80 = """
        jsoncheck --workers 2 data
          trace      runs/jsoncheck-1
          process    4711, parallel
          ended      unknown: killed or still running; the last event is 601 ms after
                     the first
          pools      "files" with 2 workers
          tasks      12: 9 succeeded, 2 failed, 1 not ended
          events     48 shown
          mark       last file (at 560 ms)
          lint       2 tasks failed, and the program did not handle the errors: main.5
                     and 1 more
                     unretrieved-failures: Call the future's `value()`, or catch errors
                     inside a task of `execute`, which has no future. `pooltrace
                     failures` shows the reports.
          lint       1 task started and did not end before the trace ends: main.12
                     "check"
                     never-ended: Call `shutdown()` on the pool before the process ends.
                     If it hung, `pooltrace stacks PID` shows where.

        timeline  a column is 10.5 ms
        pool "files"                                                     busy     tasks
           1 │▐.1███▐main.3██████▐main.6█▓▐main.7████▓▐.10██▓▐main.11██│  97%         6
           2 │▐main.2██▓▐main.4█▓▐main.5████x▐.8████▓▐main.9███x▐.12██>│  97%         6
        queue│█▇▇▇▇▇▇▆▆▆▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▂▁▁▁▁▁▁▁▁▁▁▁      │         max 12
              ╵0                ╵200 ms            ╵400 ms            ╵600 ms
              ░▒▓█ busy   x failed   > not ended   queue: tasks waiting

        times                                             p50      p90      p99      max
          check, 12 tasks
            queue wait                                 201 ms   490 ms   527 ms   527 ms
            run time                                  97.0 ms   128 ms   134 ms   134 ms
            turnaround                                 323 ms   524 ms   600 ms   600 ms

        """

    static let unicode120 = """
        jsoncheck --workers 2 data
          trace      runs/jsoncheck-1
          process    4711, parallel
          ended      unknown: killed or still running; the last event is 601 ms after the first
          pools      "files" with 2 workers
          tasks      12: 9 succeeded, 2 failed, 1 not ended
          events     48 shown
          mark       last file (at 560 ms)
          lint       2 tasks failed, and the program did not handle the errors: main.5 and 1 more
                     unretrieved-failures: Call the future's `value()`, or catch errors inside a task of `execute`, which has no
                     future. `pooltrace failures` shows the reports.
          lint       1 task started and did not end before the trace ends: main.12 "check"
                     never-ended: Call `shutdown()` on the pool before the process ends. If it hung, `pooltrace stacks PID`
                     shows where.

        timeline  a column is 6.20 ms
        pool "files"                                                                                             busy     tasks
           1 │▐main.1███▓▐check main.3████████▓▐main.6██████▓▐check main.7██████▓▐main.10████▐check main.11████│  97%         6
           2 │▐check main.2███▐check main.4██▓▐check main.5███████x▐main.8██████▐check main.9█████x▐main.12███>│  97%         6
        queue│█▇▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁           │         max 12
              ╵0              ╵100 ms         ╵200 ms         ╵300 ms         ╵400 ms         ╵500 ms         ╵600 ms
              ░▒▓█ busy   x failed   > not ended   queue: tasks waiting

        times                                                                 p50      p90      p99      max
          check, 12 tasks
            queue wait                                                     201 ms   490 ms   527 ms   527 ms
            run time                                                      97.0 ms   128 ms   134 ms   134 ms
            turnaround                                                     323 ms   524 ms   600 ms   600 ms

        """

    static let ascii80 = """
        jsoncheck --workers 2 data
          trace      runs/jsoncheck-1
          process    4711, parallel
          ended      unknown: killed or still running; the last event is 601 ms after
                     the first
          pools      "files" with 2 workers
          tasks      12: 9 succeeded, 2 failed, 1 not ended
          events     48 shown
          mark       last file (at 560 ms)
          lint       2 tasks failed, and the program did not handle the errors: main.5
                     and 1 more
                     unretrieved-failures: Call the future's `value()`, or catch errors
                     inside a task of `execute`, which has no future. `pooltrace
                     failures` shows the reports.
          lint       1 task started and did not end before the trace ends: main.12
                     "check"
                     never-ended: Call `shutdown()` on the pool before the process ends.
                     If it hung, `pooltrace stacks PID` shows where.

        timeline  a column is 10.5 ms
        pool "files"                                                     busy     tasks
           1 |[.1###[main.3######[main.6#=[main.7####=[.10##=[main.11##|  97%         6
           2 |[main.2##=[main.4#=[main.5####x[.8####=[main.9###x[.12##>|  97%         6
        queue|#######=============-------------------............      |         max 12
              '0                '200 ms            '400 ms            '600 ms
              .-=# busy   x failed   > not ended   queue: tasks waiting

        times                                             p50      p90      p99      max
          check, 12 tasks
            queue wait                                 201 ms   490 ms   527 ms   527 ms
            run time                                  97.0 ms   128 ms   134 ms   134 ms
            turnaround                                 323 ms   524 ms   600 ms   600 ms

        """
}
