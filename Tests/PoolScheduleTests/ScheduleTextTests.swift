import PoolModel
import Testing

@testable import PoolSchedule

@Suite("The text of a schedule")
struct ScheduleTextTests {
    private static let hostile = [
        "", "plain", "a \"quoted\" \\ word", "line\nbreak\r\u{1B}[31m", "\u{202E}right to left", "task 1", "日本\u{0}",
        "é\u{301}",
    ]

    private static func schedule(seed: UInt64) -> Schedule {
        var generator = SplitMix64(seed: seed)
        func text() -> String { hostile[Int(generator.next() % UInt64(hostile.count))] }
        let tasks = (0..<generator.next() % 8).map { _ -> Schedule.Task in
            if generator.next() % 5 == 0 {
                return Schedule.Task(number: generator.next(), path: text(), site: nil, name: nil, isThread: true)
            }
            return Schedule.Task(
                number: generator.next(), path: "main.\(generator.next() % 9 + 1)" + text(),
                site: generator.next() % 4 == 0
                    ? nil : Site(file: "f" + text(), line: UInt32(generator.next() % 900), function: text()),
                name: generator.next() % 2 == 0 ? nil : text())
        }
        func part() -> TaskPart {
            let task = tasks[Int(generator.next() % UInt64(tasks.count))].number
            return TaskPart(task: task, segment: generator.next() % 2 == 0 ? 0 : UInt32(generator.next() % 5))
        }
        let count = tasks.isEmpty ? 0 : generator.next() % 9
        let order: Schedule.Order =
            generator.next() % 2 == 0
            ? .steps((0..<count).map { _ in part() })
            : .delays((0..<count).map { _ in Schedule.Delay(part(), until: part()) })
        return Schedule(
            program: Schedule.Program(name: text(), buildID: text(), command: text()), origin: text(),
            failure: text(), tasks: tasks, order: order)
    }

    @Test("is read as it was written, whatever the names are")
    func roundTrip() throws {
        for seed in UInt64(1)...500 {
            let schedule = Self.schedule(seed: seed)
            let text = schedule.text
            #expect(try Schedule(parsing: text.utf8, file: "a") == schedule, "seed \(seed): \(text)")
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "seed \(seed): \(text)")
        }
    }

    @Test("that is cut anywhere is refused, with the line")
    func cut() {
        let text = Array(Self.schedule(seed: 5).text.utf8)
        for length in 0..<text.count - 1 {
            #expect(throws: ScheduleError.self, "cut to \(length)") {
                try Schedule(parsing: text.prefix(length), file: "a")
            }
        }
    }

    @Test("with any byte changed is read or refused, and never traps")
    func changed() {
        for seed in UInt64(1)...40 {
            var generator = SplitMix64(seed: seed)
            let text = Array(Self.schedule(seed: seed).text.utf8)
            for place in text.indices {
                var changed = text
                changed[place] = UInt8(truncatingIfNeeded: generator.next())
                _ = try? Schedule(parsing: changed, file: "a")
            }
        }
    }

    @Test(
        "says what is wrong with it, and where",
        arguments: [
            (
                "",
                "a:1: expected a schedule, which begins with 'pooltrace schedule' and a version from 1 to 3, found the end of the file"
            ),
            (
                "\u{7F}ELF\u{2}",
                "a:1: expected a schedule, which begins with 'pooltrace schedule' and a version from 1 to 3, found '\u{7F}ELF\u{2}'"
            ),
            (
                "pooltrace schedule 4\n",
                "a:1: expected a schedule, which begins with 'pooltrace schedule' and a version from 1 to 3, found 'pooltrace schedule 4'"
            ),
            (
                "pooltrace schedule 1\nprogram bank\n",
                "a:2: expected 'program' and a text in quotes, found 'program bank'"
            ),
        ])
    func header(text: String, error: String) {
        #expect { try Schedule(parsing: text.utf8, file: "a") } throws: { "\($0)" == error }
    }

    @Test("is of version 1 where tasks run whole, of version 2 by their points, and of version 3 by their waits")
    func granularity() throws {
        var schedule = Self.schedule(seed: 1)
        for (version, granularity) in zip(1..., [Schedule.Granularity.tasks, .points, .waits]) {
            schedule.granularity = granularity
            #expect(schedule.text.hasPrefix("pooltrace schedule \(version)\n"))
            #expect(try Schedule(parsing: schedule.text.utf8, file: "a") == schedule)
        }
    }

    @Test("What goes on with what has just run is delayed if anything ran in between")
    func fronts() {
        func step(_ task: UInt64, _ segment: UInt32, _ arrival: UInt64) -> Schedule.Step {
            Schedule.Step(part: TaskPart(task: task, segment: segment), arrival: arrival)
        }
        let front = Schedule.Step.front(after:)
        // Task 1 goes on at once; then 2 runs, and 1 goes on after it.
        let steps = [step(1, 0, 1), step(1, 1, front(1)), step(2, 0, 2), step(1, 2, front(2)), step(3, 0, 3)]
        #expect(
            Schedule.delays(of: steps) == [
                Schedule.Delay(TaskPart(task: 1, segment: 2), until: TaskPart(task: 2))
            ])
    }

    /// A schedule of a task and a thread outside the pools, with these steps.
    private static func text(version: Int, _ steps: String...) -> String {
        let lines = [
            "pooltrace schedule \(version)", "program \"p\"", "build-id \"\"", "command \"p\"",
            "task 1 9f \"main.1\" \"f\" 3 \"g()\"", "thread 2 5d \"main\"", "steps \(steps.count)",
        ]
        return (lines + steps + ["end", ""]).joined(separator: "\n")
    }

    private static func parts(_ text: String) throws -> [TaskPart] {
        guard case .steps(let parts) = try Schedule(parsing: text.utf8, file: "a").order else { return [] }
        return parts
    }

    @Test("has @N for what begins at a decision point and @waitN for what begins behind a wait, and reads older texts")
    func parts() throws {
        let parts = [
            TaskPart(task: 0x9F), TaskPart(task: 0x5D), TaskPart(task: 0x9F, segment: 3),
            TaskPart(task: 0x5D, segment: 2),
        ]
        let points = Self.text(version: 2, "1", "2@wait1", "1@3", "2@wait3")
        let waits = Self.text(version: 3, "1", "2@wait1", "1@wait3", "2@wait3")
        for text in [points, waits] {
            #expect(try Self.parts(text) == parts)
            #expect(try Schedule(parsing: text.utf8, file: "a").text == text)
        }
        for version in 2...3 { #expect(try Self.parts(Self.text(version: version, "1", "2", "1@3", "2@2")) == parts) }
        for wrong in ["1@wait3", "2@wait0", "2@wait", "1@w3", "2@wait4294967297"] {
            #expect(throws: ScheduleError.self, "\(wrong)") { try Self.parts(Self.text(version: 2, wrong)) }
        }
    }

    @Test("names the step that is none")
    func step() throws {
        let lines = [
            "pooltrace schedule 1", "program \"p\"", "build-id \"\"", "command \"p\"",
            "task 1 9f \"main.1\" \"f\" 3 \"g()\"", "steps 2", "1", "2", "end", "",
        ]
        let text = lines.joined(separator: "\n")
        let error =
            "a:8: expected step 2 of 2: a task's place in the list above, 1 to 1, or PLACE@NUMBER or PLACE@waitNUMBER, found '2'"
        #expect { try Schedule(parsing: text.utf8, file: "a") } throws: { "\($0)" == error }
        let more = text.replacing("\n2\n", with: "\n1\n") + "more\n"
        #expect { try Schedule(parsing: more.utf8, file: "a") } throws: {
            "\($0)" == "a:10: expected nothing more, found 'more'"
        }
        let twice = text.replacing("steps 2", with: "task 2 9f \"main.1\" \"f\" 3 \"g()\"\nsteps 2")
        #expect { try Schedule(parsing: twice.utf8, file: "a") } throws: {
            "\($0)".contains("expected a task that was not listed before")
        }
        let whole = try Schedule(parsing: text.replacing("\n2\n", with: "\n1@4\n").utf8, file: "a")
        #expect(whole.order == .steps([TaskPart(task: 0x9F), TaskPart(task: 0x9F, segment: 4)]))
    }

    @Test("with as many steps as it says is read in a moment, and a number that is too large is refused")
    func large() throws {
        let head =
            "pooltrace schedule 1\nprogram \"p\"\nbuild-id \"\"\ncommand \"p\"\ntask 1 9f \"main.1\" \"f\" 3 \"g\"\n"
        let text = head + "steps 200000\n" + String(repeating: "1\n", count: 200_000) + "end\n"
        #expect(try Schedule(parsing: text.utf8, file: "a").count == 200_000)
        let overflowing = head + "steps 99999999999999999999\n"
        #expect(throws: ScheduleError.self) { try Schedule(parsing: overflowing.utf8, file: "a") }
        let promised = head + "steps 9223372036854775807\n1\n"
        #expect(throws: ScheduleError.self) { try Schedule(parsing: promised.utf8, file: "a") }
    }
}
