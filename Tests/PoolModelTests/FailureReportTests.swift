import PoolModel
import Testing

@Suite("FailureReport") struct FailureReportTests {
    private static func failure(
        number: UInt64 = 1, sameBefore: UInt64 = 0, path: String = "main.2[17].1", name: String? = "check",
        input: String? = "data/broken.json", message: String = "unexpected end at 1:7", worker: UInt32 = 2,
        line: UInt32 = 88
    ) -> Failure {
        Failure(
            number: number, sameBefore: sameBefore, path: path, name: name,
            site: Site(file: "jsoncheck/Checker.swift", line: 41, function: "check(_:)"), pool: 1, poolName: "files",
            worker: worker, input: input, type: "jsoncheck.JSONError", message: message,
            frames: [
                Failure.Frame(function: "JSONParser.object(depth:)", file: "/src/JSONParser.swift", line: line),
                Failure.Frame(function: "memcpy", file: "", line: 0),
            ],
            ancestors: [
                Failure.Ancestor(name: nil, site: Site(file: "jsoncheck/Directory.swift", line: 12, function: "walk()"))
            ],
            beside: [
                Failure.Neighbour(worker: 1, path: "main.2[16].1", name: "check", running: 83_000),
                Failure.Neighbour(worker: 3, path: "main.2[18].1", name: nil, running: 1_200_000),
            ],
            start: 12_300_000, queueWait: 1500, runTime: 250_000)
    }

    private static let run = FailureReport.Run(command: "jsoncheck 'my data'", trace: "/tmp/trace")

    @Test func `A report says it all, in order`() {
        let report = FailureReport(failure: Self.failure(), others: 4, otherPaths: ["main.2[3].1", "main.2[5].1"])
        #expect(
            report.text(run: Self.run) == """
                task main.2[17].1 "check" failed: jsoncheck.JSONError: unexpected end at 1:7
                  input      data/broken.json
                  thrown     JSONParser.object(depth:) at /src/JSONParser.swift:88
                             memcpy
                  submitted  by main.2[17] at jsoncheck/Checker.swift:41 in check(_:)
                             by main at jsoncheck/Directory.swift:12 in walk()
                  ran        on worker 2 of pool "files": 1.50 us in the queue, started 12.3 ms into the run, ran for 250 us
                  beside     worker 1: main.2[16].1 "check", for 83.0 us
                             worker 3: main.2[18].1, for 1.20 ms
                  others     4 failed the same way: main.2[3].1, main.2[5].1, ...
                  view       pooltrace view /tmp/trace
                  rerun      pooltrace run --only 'main.2[17].1' -- jsoncheck 'my data'
                  replay     pooltrace replay /tmp/trace -- jsoncheck 'my data'

                """)
    }

    private static func race(isOtherFirst: Bool, line: UInt32 = 30) -> Race {
        Race(
            access: .write, otherAccess: [.variable], isOtherFirst: isOtherFirst, path: "main.1", name: "fill",
            site: Site(file: "jsoncheck/Other.swift", line: 7, function: "fill()"), input: "3",
            frames: [Failure.Frame(function: "Buffer.level", file: "/src/Buffer.swift", line: line)],
            memory: Race.Memory(size: 8, kind: "heap", bytes: 80, offset: 16),
            allocation: [
                Failure.Frame(function: "swift_slowAlloc", file: "", line: 0),
                Failure.Frame(function: "make()", file: "/src/Make.swift", line: 2),
            ])
    }

    @Test func `The report of a race has both accesses, the memory and a replay that finds races, and no rerun`() {
        var failure = Self.failure(message: Self.race(isOtherFirst: true).message)
        failure.type = Race.type
        failure.race = Self.race(isOtherFirst: true)
        let lines = FailureReport(failure: failure).text(run: Self.run).split(separator: "\n")
        #expect(
            lines.prefix(8).joined(separator: "\n") == """
                task main.2[17].1 "check" failed: data race: it writes what main.1 "fill" used at /src/Buffer.swift:30, and nothing orders the two
                  input      data/broken.json
                  writes     JSONParser.object(depth:) at /src/JSONParser.swift:88
                             memcpy
                  after      main.1 "fill", input 3, used it:
                             Buffer.level at /src/Buffer.swift:30
                             submitted by main at jsoncheck/Other.swift:7 in fill()
                  memory     8 bytes at 16 in an object or a buffer of 80 bytes, made at /src/Make.swift:2
                """)
        #expect(lines.last == "  replay     pooltrace replay --races /tmp/trace -- jsoncheck 'my data'")
        #expect(!lines.contains { $0.hasPrefix("  rerun") })
        #expect(Self.race(isOtherFirst: false).message.hasPrefix("main.1 \"fill\" uses what it wrote"))
    }

    @Test func `A race is the same whichever of the two accesses was first`() {
        var one = Self.failure(line: 40)
        var other = Self.failure(line: 50)
        one.race = Self.race(isOtherFirst: true, line: 50)
        other.race = Self.race(isOtherFirst: true, line: 40)
        let place = Failure.Frame(function: "g()", file: "/src/JSONParser.swift", line: 50)
        one.race?.frames = [place]
        other.race?.frames = one.frames
        one.race?.site = one.site
        other.race?.site = other.site
        other.frames = [place]
        #expect(one.signature == other.signature)
    }

    /// The last lines of a report, from the tasks beside it on, in a run of this order.
    private static func lines(
        _ order: FailureReport.Run.Order, trace: String? = nil, workers: UInt32? = nil, isOfOneTask: Bool = false
    ) -> [String] {
        let run = FailureReport.Run(
            command: "check data", trace: trace, order: order, workers: workers, isOfOneTask: isOfOneTask)
        return FailureReport(failure: failure(path: "main.3")).text(run: run).split(separator: "\n")
            .drop { !$0.hasPrefix("  ran ") }.dropFirst().map(String.init)
    }

    @Test func `A task that failed in an order that was searched for is not told to be run alone`() {
        let searched = FailureReport.Run.Order.serial(options: "--strategy random --seed 7", isSearched: true)
        #expect(
            Self.lines(searched) == [
                "  paused     main.2[16].1 \"check\", started on worker 1 83.0 us earlier",
                "             main.2[18].1, started on worker 3 1.20 ms earlier",
                "  replay     pooltrace run --strategy random --seed 7 -- check data",
            ])
        #expect(
            Self.lines(searched, trace: "/t").suffix(2) == [
                "  view       pooltrace view /t", "  replay     pooltrace replay /t -- check data",
            ])
        #expect(Self.lines(.replayed(schedule: "a b")).last == "  replay     pooltrace replay 'a b' -- check data")
        #expect(Self.lines(.replayed(schedule: nil)).count == 2)
    }

    @Test func `Commands of a serial run are serial, and keep the number of workers`() {
        let serial = FailureReport.Run.Order.serial(options: "--serial", isSearched: false)
        #expect(
            Self.lines(serial, workers: 3).suffix(2) == [
                "  rerun      pooltrace run --workers 3 --only main.3 -- check data",
                "  replay     pooltrace run --workers 3 --serial -- check data",
            ])
        #expect(
            Self.lines(.parallel, workers: 3).last
                == "  replay     the run was not recorded; to record one: pooltrace run --workers 3 -- check data")
        // The same run again is `rerun`.
        #expect(
            Self.lines(serial, trace: "/t", isOfOneTask: true).last
                == "  rerun      pooltrace run --only main.3 -- check data")
    }

    @Test func `A report of little is short`() {
        var failure = Self.failure(path: "main.1", name: nil, input: nil)
        failure.frames = []
        failure.ancestors = []
        failure.besideOmitted = 3
        let crowded = FailureReport(failure: failure).text(run: FailureReport.Run(command: "", trace: nil))
        #expect(crowded.contains(", for 1.20 ms\n             and 3 more\n"), "\(crowded)")
        failure.besideOmitted = 0
        failure.beside = []
        let text = FailureReport(failure: failure).text(run: FailureReport.Run(command: "", trace: nil))
        #expect(
            text == """
                task main.1 failed: jsoncheck.JSONError: unexpected end at 1:7
                  thrown     at unknown: the error was not thrown by Swift's `throw` in this task
                  submitted  by main at jsoncheck/Checker.swift:41 in check(_:)
                  ran        on worker 2 of pool "files": 1.50 us in the queue, started 12.3 ms into the run, ran for 250 us
                  beside     nothing else

                """)
    }

    @Test func `Colours change nothing but colours`() {
        let report = FailureReport(failure: Self.failure(), others: 1)
        let coloured = report.text(run: Self.run, style: TerminalStyle(isColoured: true))
        #expect(coloured.contains("\u{1B}["))
        #expect(coloured.replacing(#/\u{1B}\[\d+m/#, with: "") == report.text(run: Self.run))
    }

    @Test func `Values of the user cannot leave their line`() {
        let harm = "\u{1B}[2J\n\u{202E}\u{9B}" + String(repeating: "日", count: 100_000)
        var failure = Self.failure(path: "main.1", name: harm, input: harm, message: harm)
        failure.type = "\u{1B}type"
        failure.poolName = "\npool"
        failure.frames = [Failure.Frame(function: "f\n", file: "\u{1B}file", line: 1)]
        failure.site = Site(file: "a\nb", line: 1, function: "c\u{7}")
        failure.beside = [Failure.Neighbour(worker: 1, path: "x\ny", name: harm, running: 1)]
        let text = FailureReport(failure: failure, others: 1, otherPaths: ["\n"]).text(
            run: FailureReport.Run(command: "run '\n'", trace: "/tmp/\u{1B}"))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 12, "\(lines.map { $0.prefix(60) })")
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy(TerminalText.isSafe) })
        #expect(lines.allSatisfy { $0.count < 3000 })
    }

    @Test func `Failures of one signature make one report`() {
        let failures = [
            Self.failure(number: 5, sameBefore: 1, path: "main.5"), Self.failure(number: 2, path: "main.2"),
            Self.failure(number: 3, path: "main.3", line: 90), Self.failure(number: 9, sameBefore: 2, path: "main.9"),
            Self.failure(number: 7, path: "main.7", line: 90),
        ]
        let reports = FailureReport.reports(for: failures)
        #expect(reports.map(\.failure.path) == ["main.2", "main.3"])
        #expect(reports.map(\.others) == [2, 1])
        #expect(reports.map(\.otherPaths) == [["main.5", "main.9"], ["main.7"]])
    }

    @Test func `What the trace lost is counted all the same`() {
        #expect(FailureReport.reports(for: [Self.failure(number: 4, sameBefore: 10)]).map(\.others) == [10])
        #expect(FailureReport.reports(for: []).isEmpty)
    }

    @Test func `Only the first few of many others are named`() {
        let failures = (1...10).map { Self.failure(number: UInt64($0), path: "main.\($0)") }
        let report = FailureReport.reports(for: failures)[0]
        #expect(report.others == 9)
        #expect(report.text(run: Self.run).contains("9 failed the same way: main.2, main.3, main.4, ...\n"))
    }

    /// The lines of the frames in a report of a failure that has these functions on its stack, innermost first.
    private static func frames(_ functions: [String], _ detail: FrameDetail = .folded) -> [String] {
        var failure = failure()
        failure.frames = functions.map { Failure.Frame(function: $0, file: "/src/a.swift", line: 1) }
        let lines = FailureReport(failure: failure).text(run: run, frames: detail).split(separator: "\n")
        return lines.drop { !$0.hasPrefix("  thrown") }.prefix { !$0.hasPrefix("  submitted") }
            .map { String($0.dropFirst(13).replacing(" at /src/a.swift:1", with: "")) }
    }

    @Test func `Recursion in the frames is folded, and --frames all shows it`() {
        let round = ["Parser<Int>.value()", "closure #1 in Parser.member(_:)", "Parser.object()"]
        let stack = ["fail()"] + round + round + round + ["Parser.parse()", "main"]
        let folded = "... 6 more frames of value, closure #1 in member, object"
        #expect(Self.frames(stack) == ["fail()"] + round + [folded, "Parser.parse()", "main"])
        #expect(Self.frames(stack, .all) == stack)
        #expect(Self.frames(["f()", "f()", "f()", "f()", "g()"]) == ["f()", "... 3 more frames of f", "g()"])
        // What would not get shorter, and what is called twice but not recursive.
        #expect(Self.frames(["f()", "f()", "f()", "g()"]) == ["f()", "f()", "f()", "g()"])
        #expect(Self.frames(["f()", "g()", "f()", "h()", "f()", "i()"]) == ["f()", "g()", "f()", "h()", "f()", "i()"])
        let many = (1...9).map { "f\($0)()" }
        #expect(Self.frames(many + many).last == "... 9 more frames of f1, f2, f3, f4, f5, f6, ...")
    }

    @Test func `A report with the frames of the one before names that instead of them`() {
        var first = Self.failure(number: 1, path: "main.1")
        first.frames.append(Failure.Frame(function: "main", file: "", line: 0))
        var second = first
        second.path = "main.2"
        second.type = "jsoncheck.OtherError"
        var third = second
        third.frames.removeLast()
        let texts = FailureReport.texts(of: [first, second, third].map { FailureReport(failure: $0) }, run: Self.run)
        #expect(texts[0] == FailureReport(failure: first).text(run: Self.run))
        #expect(
            texts[1].contains(
                """
                  thrown     JSONParser.object(depth:) at /src/JSONParser.swift:88
                             ... 2 more frames, the same as in the report of main.1
                  submitted  by main at
                """), "\(texts[1])")
        #expect(texts[2] == FailureReport(failure: third).text(run: Self.run))
        let all = FailureReport.text(of: [FailureReport(failure: second)], run: Self.run, frames: .all, after: first)
        #expect(all == FailureReport(failure: second).text(run: Self.run))
    }
}
