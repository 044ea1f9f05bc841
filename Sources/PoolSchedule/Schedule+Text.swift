import PoolModel

// The text of a schedule, one thing a line, made to be read and compared:
//
//     pooltrace schedule 2
//     program "bank"
//     build-id "8a31c0..."
//     command "./bank --accounts 3"
//     origin "random, seed 7"
//     failure "bank.Overdrawn thrown at bank/Account.swift:31"
//     task 1 9f3a5c0011223344 "main.1" "bank/Main.swift" 44 "run()" "withdraw"
//     task 2 17ab5c0011223344 "main.2" "bank/Main.swift" 44 "run()"
//     thread 3 5d1b5c0011223344 "main"
//     delays 1
//     1 after 3@wait2
//     end
//
// or `steps N` and a task's place in the list above on each line. `2@3` is task 2 from its third decision point on, of
// an async task from its third suspension; `2@wait3` is task 2 from the end of its third wait on; without `@` it is
// the task from its start. Of a thread outside the pools there are only parts behind its waits. The version is
// the granularity: in version 1 only async tasks have parts, and others run whole; in version 2 parts are from one
// decision point to the next, in version 3 from one wait to the next. Older texts have no `wait`: `2@3` was the part
// behind the third wait in version 3, and of a thread that behind the fourth. A text's quotes, backslashes and
// control characters are escaped: \" \\ \n \u{1b}.

// MARK: - Writing

extension Schedule {
    /// The newest version of the text.
    public static let version = Granularity.waits.rawValue

    /// The schedule as text.
    public var text: String {
        var text = "pooltrace schedule \(granularity.rawValue)\n"
        text += "program \(Self.quoted(program.name))\n"
        text += "build-id \(Self.quoted(program.buildID))\n"
        text += "command \(Self.quoted(program.command))\n"
        if !origin.isEmpty { text += "origin \(Self.quoted(origin))\n" }
        if !failure.isEmpty { text += "failure \(Self.quoted(failure))\n" }
        var places: [UInt64: Int] = [:]
        for (place, task) in tasks.enumerated() {
            places[task.number] = place + 1
            let number = String(task.number, radix: 16)
            text += "\(task.isThread ? "thread" : "task") \(place + 1) \(number) \(Self.quoted(task.path))"
            guard !task.isThread else {
                text += "\n"
                continue
            }
            let site = task.site ?? Site(file: "", line: 0, function: "")
            text += " \(Self.quoted(site.file)) \(site.line) \(Self.quoted(site.function))"
            if let name = task.name { text += " \(Self.quoted(name))" }
            text += "\n"
        }
        /// Parts of tasks that are not in the list cannot be written.
        func written(_ part: TaskPart) -> String? {
            places[part.task].map { "\($0)\(suffix(of: part, isThread: tasks[$0 - 1].isThread))" }
        }
        switch order {
        case .steps(let steps):
            let lines = steps.compactMap(written)
            text += "steps \(lines.count)\n" + lines.map { $0 + "\n" }.joined()
        case .delays(let delays):
            let lines = delays.compactMap { delay in
                written(delay.delayed).flatMap { delayed in written(delay.until).map { "\(delayed) after \($0)\n" } }
            }
            text += "delays \(lines.count)\n" + lines.joined()
        }
        return text + "end\n"
    }

    /// What stands behind a task for a part of it: nothing, `@3` or `@wait3`.
    public func suffix(of part: TaskPart, isThread: Bool) -> String {
        if isThread { return "@wait\(UInt64(part.segment) + 1)" }
        return part.segment == 0 ? "" : "@\(granularity == .waits ? "wait" : "")\(part.segment)"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _
            where scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value || scalar.properties.generalCategory == .format:
                quoted += "\\u{\(String(scalar.value, radix: 16))}"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

// MARK: - Reading

extension Schedule {
    /// The longest text that is read, in bytes.
    public static let longestText = 256 << 20

    /// Reads a schedule.
    ///
    /// - Parameters:
    ///   - bytes: The text, in UTF-8.
    ///   - file: What it is called in errors.
    /// - Throws: `ScheduleError`, at the first line that is not as it should be.
    public init(parsing bytes: some Sequence<UInt8>, file: String) throws(ScheduleError) {
        var lines = ScheduleLines(bytes: Array(bytes), file: file)
        let expected = "a schedule, which begins with 'pooltrace schedule' and a version from 1 to \(Self.version)"
        granularity = try lines.next(expected) { line in
            guard line.word("pooltrace"), line.word("schedule") else { return nil }
            return line.number().flatMap(Granularity.init)
        }
        program = Program(
            name: try lines.text("program"), buildID: try lines.text("build-id"), command: try lines.text("command"))
        origin = try lines.text(ifThere: "origin") ?? ""
        failure = try lines.text(ifThere: "failure") ?? ""
        (tasks, order) = ([], .steps([]))
        var seen: Set<UInt64> = []
        while true {
            let place = tasks.count + 1
            let task: Task
            if lines.begins(with: "task") {
                task = try lines.next("'task \(place)', its number, path, file, line, function and perhaps its name") {
                    line in Self.task(&line, at: place)
                }
            } else if lines.begins(with: "thread") {
                task = try lines.next("'thread \(place)', its number and path") { line in
                    Self.thread(&line, at: place)
                }
            } else {
                break
            }
            guard seen.insert(task.number).inserted else {
                throw lines.error("a task that was not listed before", "\(String(task.number, radix: 16))")
            }
            tasks.append(task)
        }
        let known = tasks
        let isOfWaits = granularity == .waits
        func part(_ line: inout ScheduleLines.Line) -> TaskPart? {
            guard let place = line.number(), place >= 1, place <= known.count else { return nil }
            let task = known[place - 1]
            guard line.sign("@") else { return TaskPart(task: task.number) }
            let isAfterWait = line.text("wait")
            guard !isAfterWait || task.isThread || isOfWaits, let number = line.number(),
                // The waits of a thread are counted from 1, and its first part is that behind the first.
                let segment = UInt32(exactly: number - (isAfterWait && task.isThread ? 1 : 0))
            else { return nil }
            return TaskPart(task: task.number, segment: segment)
        }
        let isSteps = lines.begins(with: "steps")
        let count = try lines.next("a task, or 'steps' or 'delays' and how many follow") { line in
            line.word("steps") || line.word("delays") ? line.number() : nil
        }
        let tasksText = "a task's place in the list above, 1 to \(known.count), "
        if isSteps {
            var steps: [TaskPart] = []
            while steps.count < count {
                steps.append(
                    try lines.next(
                        "step \(steps.count + 1) of \(count): \(tasksText)or PLACE@NUMBER or PLACE@waitNUMBER"
                    ) {
                        line in part(&line)
                    })
            }
            order = .steps(steps)
        } else {
            var delays: [Delay] = []
            while delays.count < count {
                delays.append(
                    try lines.next("delay \(delays.count + 1) of \(count): \(tasksText)'after', another one") {
                        line in
                        guard let delayed = part(&line), line.word("after"), let until = part(&line) else { return nil }
                        return Delay(delayed, until: until)
                    })
            }
            order = .delays(delays)
        }
        try lines.next("'end'") { $0.word("end") }
        try lines.finish()
    }

    private static func thread(_ line: inout ScheduleLines.Line, at place: Int) -> Task? {
        guard line.word("thread"), line.number() == place, let number = line.hexadecimal(), let path = line.quoted()
        else { return nil }
        return Task(number: number, path: path, site: nil, name: nil, isThread: true)
    }

    private static func task(_ line: inout ScheduleLines.Line, at place: Int) -> Task? {
        guard line.word("task"), line.number() == place, let number = line.hexadecimal(), let path = line.quoted(),
            let file = line.quoted(), let at = line.number().flatMap({ UInt32(exactly: $0) }),
            let function = line.quoted()
        else { return nil }
        let site = file.isEmpty ? nil : Site(file: file, line: at, function: function)
        return Task(number: number, path: path, site: site, name: line.isAtEnd ? nil : line.quoted())
    }
}
