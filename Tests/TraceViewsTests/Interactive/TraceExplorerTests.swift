internal import PoolModel
internal import Testing
internal import TraceAnalysis
internal import TraceViews

@Suite("The full-screen view's frames")
struct TraceExplorerTests {
    private func explorer(_ run: Run, isUnicode: Bool = true) -> TraceExplorer {
        var explorer = TraceExplorer(name: "runs/sample", isUnicode: isUnicode, style: .plain)
        explorer.show([ShownRun(run)])
        return explorer
    }

    /// Presses keys, a character each; `\n` is Enter.
    private func press(_ keys: String, _ explorer: inout TraceExplorer) {
        for key in keys { _ = explorer.take(.key(key == "\n" ? .enter : .character(key))) }
    }

    private func frame(_ explorer: inout TraceExplorer, _ columns: Int = 80, _ rows: Int = 24) -> [String] {
        let lines = explorer.frame(columns: columns, rows: rows)
        #expect(lines.count == rows, "\(columns)x\(rows)")
        for line in lines {
            #expect(TerminalText.width(line) <= columns, "\(columns)x\(rows): \(line)")
            #expect(line.unicodeScalars.allSatisfy(TerminalText.isSafe), "\(columns)x\(rows): \(line.debugDescription)")
        }
        return lines
    }

    private func text(_ explorer: inout TraceExplorer, _ columns: Int = 80, _ rows: Int = 24) -> String {
        frame(&explorer, columns, rows).joined(separator: "\n")
    }

    @Test func `The timeline has a row for each worker, a cursor, and what it stands on in words`() {
        var view = explorer(SampleRun.typical())
        press("n", &view)
        let frame = text(&view)
        #expect(frame.contains("[1 timeline]"), "\(frame)")
        #expect(frame.contains("pool \"files\""), "\(frame)")
        #expect(frame.contains("main.5 \"check\" failed, ran"), "\(frame)")
        press("\n", &view)
        let details = text(&view, 120, 60)
        #expect(details.contains("[5 task]"), "\(details)")
        #expect(details.contains("meanwhile, on other workers"), "\(details)")
        #expect(details.contains("expected ',' or '}' at line 3, column 14"), "\(details)")
    }

    @Test func `The cursor finds an async task on the worker that it came back to, and nothing where it has left`() {
        var builder = RunBuilder()
        builder.add(.poolStart(.init(pool: 1, workers: 2, name: "files")), at: 1)
        for worker: UInt32 in 1...2 { builder.add(.workerStart(.init(pool: 1, worker: worker, number: worker)), at: 1) }
        let task = TaskID.child(of: TaskPath.main.id, ordinal: 1)
        builder.add(.taskSubmit(.init(task: task, parent: TaskPath.main.id, ordinal: 1, origin: 1)), at: 1)
        builder.add(.taskStart(task: task, worker: 1), at: 1)
        builder.add(.taskSuspend(task: task, worker: 1), at: 20_000)
        builder.add(.taskResume(task: task, worker: 2), at: 50_000)
        builder.add(.taskEnd(task: task, outcome: 1), at: 100_001)
        var view = explorer(builder.finish())
        #expect(text(&view).contains("on worker 1: main.1"))
        press("G", &view)
        #expect(text(&view).contains("on worker 1: no task"), "\(text(&view))")
        press("j", &view)
        #expect(text(&view).contains("on worker 2: main.1 succeeded"), "\(text(&view))")
        press("g", &view)
        #expect(text(&view).contains("on worker 2: no task"), "\(text(&view))")
    }

    @Test func `Zooming in keeps the cursor's time, and 0 shows the whole run again`() {
        var view = explorer(SampleRun.typical())
        let whole = frame(&view)[2]
        press("n++++", &view)
        let zoomed = text(&view)
        #expect(!zoomed.contains("from 0 ns to 601 ms"), "\(zoomed)")
        #expect(zoomed.contains("main.5 \"check\" failed"), "\(zoomed)")
        press("0", &view)
        #expect(frame(&view)[2] == whole)
    }

    @Test func `Tasks are sorted by what takes longest, and the other way round`() {
        var view = explorer(SampleRun.typical())
        press("2ss", &view)
        let longest = frame(&view)
        #expect(longest[3].contains("main.3 ") && longest[3].contains("134 ms"), "\(longest[3])")
        #expect(longest[22].contains("by run"), "\(longest[22])")
        press("S", &view)
        #expect(!frame(&view)[3].contains("main.3 "))
    }

    @Test(arguments: [
        ("failed", "of 2 tasks"), ("worker:2 failed", "of 2 tasks"), ("running", "of 1 task,"), (".11", "of 1 task,"),
        ("broken-4", "of 1 task,"), ("JSONERROR", "of 2 tasks"), ("check", "of 12 tasks"),
        ("run>1x", "expected a time"),
        ("worker:x", "expected worker:NUMBER"), ("run>100ms", "of 5 tasks"),
    ])
    func `A filter takes words for states, workers, times, names, inputs, errors and paths`(
        words: String, expected: String
    ) {
        var view = explorer(SampleRun.typical())
        press("2f" + words + "\n", &view)
        let status = frame(&view)[22]
        #expect(status.contains(expected), "\(words): \(status)")
    }

    @Test func `A search goes to the next match and around, and says when there is none`() {
        var view = explorer(SampleRun.typical())
        press("2/failed\n", &view)
        #expect(frame(&view).contains { $0.hasPrefix(">failed") && $0.contains("main.5") })
        press("n", &view)
        #expect(frame(&view).contains { $0.hasPrefix(">failed") && $0.contains("main.9") })
        press("n", &view)
        #expect(frame(&view).contains { $0.hasPrefix(">failed") && $0.contains("main.5") })
        press("/cancelled\n", &view)
        #expect(frame(&view)[22].contains("no task matches cancelled"))
    }

    @Test func `Failures are shown by signature with a report, times as histograms, and ? lists the keys`() {
        var view = explorer(SampleRun.typical())
        press("3", &view)
        let failures = text(&view)
        #expect(failures.contains("1 kind of failure"), "\(failures)")
        #expect(failures.contains(">     2 jsoncheck.JSONError"), "\(failures)")
        #expect(failures.contains("thrown     JSONScanner.value()"), "\(failures)")
        press("4", &view)
        let times = text(&view, 120, 40)
        #expect(times.contains("queue wait") && times.contains("run time") && times.contains("< 100 ms"), "\(times)")
        press("j", &view)
        #expect(text(&view).contains("tasks \"check\""))
        press("?", &view)
        #expect(text(&view).contains("zoom around the cursor"))
    }

    @Test func `All of a report can be read on a small screen, by pages and with the wheel`() {
        var view = explorer(SampleRun.typical())
        press("3", &view)
        let last = "rerun      pooltrace run --only"
        let start = text(&view, 80, 12)
        #expect(start.contains("task main.5 \"check\" failed") && !start.contains(last), "\(start)")
        for _ in 1...20 { _ = view.take(.key(.pageDown)) }
        let end = text(&view, 80, 12)
        #expect(end.contains(last) && end.contains("1 kind of failure"), "\(end)")
        for _ in 1...20 { _ = view.take(.wheel(isUp: true, column: 5, row: 9)) }
        #expect(text(&view, 80, 12) == start)
        let narrow = frame(&view, 44, 40)
        #expect(narrow[1].hasPrefix(" 1   2  [3 failures]  4   5"), "\(narrow[1])")
        _ = view.take(.click(column: 5, row: 1))
        #expect(frame(&view, 44, 40)[1].hasPrefix(" 1  [2 tasks]  3 "))
    }

    @Test func `A paused view keeps what it shows until it goes on`() {
        var view = explorer(SampleRun.typical())
        press(" ", &view)
        var other = SampleRun(program: "other")
        _ = other.submit(1, at: 2000)
        view.show([ShownRun(other.builder.finish())])
        #expect(text(&view).contains("paused"))
        #expect(text(&view).contains("jsoncheck --workers 2 data"))
        press(" ", &view)
        #expect(frame(&view)[0].hasPrefix("other"))
    }

    @Test(arguments: [(80, 24), (120, 40), (200, 60), (40, 10), (10, 5), (1, 1), (1000, 3)])
    func `Every pane fits every screen, with Unicode and without`(columns: Int, rows: Int) {
        for isUnicode in [true, false] {
            var view = explorer(SampleRun.typical(), isUnicode: isUnicode)
            for pane in ["1", "2", "3", "4", "5", "2j\n", "?"] {
                press(pane, &view)
                let lines = frame(&view, columns, rows)
                if !isUnicode { #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }, "\(lines)") }
            }
        }
    }

    @Test func `Hostile names, times, numbers of workers and errors are shown safely and aligned`() {
        for (place, run) in Self.hostileRuns().enumerated() {
            for isUnicode in [true, false] {
                var view = explorer(run, isUnicode: isUnicode)
                for keys in [
                    "1G", "+++lllL", "n", "\n", "2", "sssss", "SG", "/x\n", "f.1\n", "f\n", "\n", "3", "\n", "4", "j",
                    "5", "G",
                ] {
                    press(keys, &view)
                    _ = frame(&view, 80, 24)
                }
                _ = view.take(.wheel(isUp: true, column: 300, row: 900))
                _ = view.take(.click(column: 5000, row: 5000))
                #expect(frame(&view, 61, 17).count == 17, "run \(place)")
            }
        }
    }

    private static func hostileRuns() -> [Run] {
        let names = [
            "\u{1B}[2J\u{1B}]0;owned\u{07}", "\u{202E}gnp.exe\u{2066}", String(repeating: "漢", count: 3000),
            "a\u{0301}\u{0302}\u{0303}", "\n\r\t\u{9B}31m", "👩‍👩‍👧", String(repeating: "\u{0301}", count: 5000), "",
        ]
        var texts = SampleRun(program: "\u{1B}[31m" + names[1])
        for (place, name) in names.enumerated() {
            let ordinal = UInt32(place + 1)
            texts.add(0, .name(number: 100 + ordinal, text: name))
            let task = texts.submit(ordinal, at: 1000, name: 100 + ordinal)
            texts.add(2000, .taskStart(task: task, worker: 1))
            texts.add(
                2000,
                .taskError(
                    TaskError(
                        task: task, number: UInt64(ordinal), start: 0, queueWait: 0, runTime: 0, pool: 1, worker: 1,
                        site: 1, name: 100 + ordinal, path: name, input: name, type: name, message: name,
                        beside: [.init(worker: 1, name: 100 + ordinal, running: 0, path: name)]))
            )
        }
        // Ends before starts, jumps of the clock, zero lengths, no ends, and a task that is its own parent.
        var times = SampleRun()
        for ordinal: UInt32 in 1...50 {
            let task = times.submit(ordinal, at: UInt64(ordinal % 3) << 61)
            times.add(UInt64(ordinal % 7) << 60, .taskStart(task: task, worker: ordinal % 4))
            if ordinal % 5 > 0 { times.add(UInt64(ordinal % 2), .taskEnd(task: task, outcome: UInt8(ordinal % 9))) }
        }
        times.add(1, .taskSubmit(.init(task: 77, parent: 77, ordinal: 1, origin: 5)))
        times.add(1, .waitStart(task: 77, awaited: 77))
        var workers = SampleRun()
        for number: UInt32 in 3...10_000 {
            workers.add(1000, .workerStart(.init(pool: number % 3, worker: number, number: number)))
        }
        let task = workers.submit(1, at: 1000)
        workers.add(2000, .taskStart(task: task, worker: 9999))
        return [texts.builder.finish(), times.builder.finish(), workers.builder.finish(), RunBuilder().finish()]
    }
}
