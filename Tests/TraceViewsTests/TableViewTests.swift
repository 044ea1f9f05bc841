internal import PoolModel
internal import Testing
internal import TraceAnalysis
internal import TraceViews

@Suite("Tables of tasks and numbers")
struct TableViewTests {
    private func list(_ width: Int, _ columns: [TaskQuery.Key]? = nil, most: Int = 6) -> String {
        let run = SampleRun.typical()
        let columns = columns ?? TaskListView.usualColumns(of: run)
        var query = TaskQuery()
        query.sort = .path
        query.limit = most
        var text = ""
        TaskListView(run, query, columns: columns, screen: Screen(width: width)).write { text += $0 }
        return text
    }

    @Test func `A list looks as it always did`() {
        #expect(
            list(80) == """
                  state      path    name   worker     wait      run  error
                  succeeded  main.1  check       1   990 us  60.0 ms  -
                  succeeded  main.2  check       2   980 us  97.0 ms  -
                  succeeded  main.3  check       1  64.0 ms   134 ms  -
                  succeeded  main.4  check       2   101 ms  91.0 ms  -
                  failed     main.5  check       2   195 ms   128 ms  jsoncheck.JSONError: expe~
                  succeeded  main.6  check       1   201 ms  85.0 ms  -
                6 of 12 tasks

                """, "\(list(80))")
    }

    @Test func `A narrow list leaves out columns, and cuts none of its numbers`() {
        #expect(
            list(40) == """
                  state      path       wait      run
                  succeeded  main.1   990 us  60.0 ms
                  succeeded  main.2   980 us  97.0 ms
                  succeeded  main.3  64.0 ms   134 ms
                  succeeded  main.4   101 ms  91.0 ms
                  failed     main.5   195 ms   128 ms
                  succeeded  main.6   201 ms  85.0 ms
                6 of 12 tasks

                """, "\(list(40))")
    }

    @Test(arguments: [40, 60, 80, 120, 200])
    func `No line is wider than the screen`(width: Int) {
        let stats = StatsView(SampleRun.typical(), screen: Screen(width: width)).text
        for line in (stats + list(width, TaskQuery.Key.allCases)).split(separator: "\n") {
            #expect(TerminalText.width(line) <= width, "\(width) columns: \(line)")
        }
    }

    @Test func `Numbers look as they always did`() {
        let text = StatsView(SampleRun.typical(), screen: Screen(width: 100)).text
        #expect(
            text == """
                jsoncheck --workers 2 data
                  trace      runs/jsoncheck-1
                  process    4711, parallel
                  ended      unknown: killed or still running; the last event is 601 ms after the first
                  pools      "files" with 2 workers
                  tasks      12: 9 succeeded, 2 failed, 1 not ended
                  events     48 shown
                  mark       last file (at 560 ms)
                  lint       2 tasks failed, and the program did not handle the errors: main.5 and 1 more
                             unretrieved-failures: Call the future's `value()`, or catch errors inside a task of
                             `execute`, which has no future. `pooltrace failures` shows the reports.
                  lint       1 task started and did not end before the trace ends: main.12 "check"
                             never-ended: Call `shutdown()` on the pool before the process ends. If it hung,
                             `pooltrace stacks PID` shows where.
                  makespan   600 ms from the first submission to the last end, of which 2 workers were busy 97%

                by name
                         tasks  failed  wait p50  wait p99  run p50  run p99  run max  turnaround p99    busy  share
                  check     12       2    201 ms    527 ms  97.0 ms   134 ms   134 ms          600 ms  1.10 s    91%

                by pool
                         tasks  failed  wait p50  wait p99  run p50  run p99  run max  turnaround p99    busy  share
                  files     12       2    201 ms    527 ms  97.0 ms   134 ms   134 ms          600 ms  1.17 s    97%

                by worker
                           tasks  failed  wait p50  wait p99  run p50  run p99  run max    busy  share
                  files 1      6       0    201 ms    490 ms  85.0 ms   134 ms   134 ms  584 ms    97%
                  files 2      6       2    195 ms    527 ms  97.0 ms   128 ms   128 ms  584 ms    97%

                """, "\(text)")
    }

    @Test func `Comma-separated values quote what needs it, and start no formula`() {
        var sample = SampleRun()
        for (number, name) in ["a,b", "say \"no\"", "=1+1", "two\nlines", "\u{1B}[2J", "plain"].enumerated() {
            sample.add(0, .name(number: UInt32(number + 10), text: name))
            _ = sample.submit(UInt32(number + 1), at: 5, name: UInt32(number + 10))
        }
        var text = ""
        TaskListDocument([sample.builder.finish()], TaskQuery(), columns: [.name, .path]).writeCSV {
            text += String(decoding: $0, as: UTF8.self)
        }
        #expect(
            text == """
                trace,pid,name,path
                ,4711,"a,b",main.1
                ,4711,"say ""no""\u{22},main.2
                ,4711,'=1+1,main.3
                ,4711,two\\nlines,main.4
                ,4711,\\e[2J,main.5
                ,4711,plain,main.6

                """, "\(text)")
    }
}
