internal import PoolModel
internal import Testing

/// A trace with texts, times or numbers that a view could stumble over.
struct HostileTrace: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let make: @Sendable () -> TraceWriter

    static let all = texts + shapes
}

// MARK: - Texts

extension HostileTrace {
    /// Traces with a hostile text as the tasks' name, the failure's input and message, and a mark.
    static let texts = hostileTexts.map { name, text in
        HostileTrace(testDescription: name) {
            var trace = TraceWriter()
            trace.begin(name: text)
            trace.run(1, worker: 1, from: 2, milliseconds: 40)
            trace.run(2, worker: 2, from: 2, milliseconds: 30, outcome: .failed)
            trace.fail(2, number: 1, at: 32, input: text, message: text)
            trace.add("mark", at: 33_000_000, .number(0), text, .number(1))
            return trace
        }
    }

    private static let hostileTexts: [(String, TraceWriter.Value)] = [
        ("control sequences", .text("\u{1B}[2J\u{1B}]0;title\u{07}")), ("lines", .text("two\nlines\r\tand a tab")),
        ("wide characters", .text("日本語のタスク名前は幅が広い")),
        ("bidi and hidden characters", .text("a\u{202E}b\u{200B}c\u{2028}d\u{9B}31m")),
        ("5,000 accents", .text("e" + String(repeating: "\u{301}", count: 5000))),
        ("bytes that are no text", .bytes([0x66, 0xFF, 0xC0, 0x80, 0xE2, 0x28, 0x6F])),
        ("a huge text", .text(String(repeating: "long ", count: 20_000))), ("joined emoji", .text("👩‍👩‍👧‍👦🏳️‍🌈")),
        ("quotes and escapes", .text("%s %n \\x1b \"quotes\" 'and' $(more)")), ("no text", .text("")),
        ("a script", .text("</script><script>alert(1)</script>")),
        ("an element", .text("<img src=http://x.test/ onerror=alert(1)>")), ("a comment", .text("<!--<script>")),
        ("ends of markup", .text("]]>--></style><svg onload=alert(1)>")), ("a key of every object", .text("__proto__")),
        ("a formula", .text("=HYPERLINK(\"http://x.test\")")),
    ]
}

// MARK: - Times and numbers

extension HostileTrace {
    /// Traces whose times or numbers are hostile.
    static let shapes = [
        HostileTrace(testDescription: "tasks of no length") {
            var trace = TraceWriter()
            trace.begin()
            for ordinal: UInt32 in 1...50 { trace.run(ordinal, worker: 1, from: 2, milliseconds: 0) }
            return trace
        },
        HostileTrace(testDescription: "tasks without an end") {
            var trace = TraceWriter()
            trace.begin()
            for ordinal: UInt32 in 1...50 {
                trace.run(ordinal, worker: UInt64(ordinal % 2) + 1, from: UInt64(ordinal), milliseconds: nil)
            }
            return trace
        },
        HostileTrace(testDescription: "a clock that jumps") {
            var trace = TraceWriter()
            trace.begin()
            // Streams on clocks of their own: tasks start centuries after, or before they were submitted, and end at
            // once.
            for ordinal: UInt32 in 1...8 {
                let task = trace.submit(ordinal, at: UInt64(ordinal) << 56)
                trace.add("task_start", at: UInt64(ordinal) << 40, stream: 2, .number(task), .number(1))
                trace.add("task_end", at: UInt64(ordinal) << 44 | 1, stream: 3, .number(task), .number(0))
                trace.add("wait_start", at: UInt64(ordinal) << 57, stream: 4, .number(TaskPath.main.id), .number(task))
            }
            return trace
        },
        HostileTrace(testDescription: "a task that is its own parent and waits for itself") {
            var trace = TraceWriter()
            trace.begin()
            trace.add("task_submit", at: 1000, .number(77), .number(77), .number(1), .number(1))
            trace.add("task_start", at: 2000, stream: 2, .number(77), .number(1))
            trace.add("wait_start", at: 3000, stream: 2, .number(77), .number(77))
            trace.add("task_end", at: 9000, stream: 2, .number(77), .number(0))
            return trace
        },
        HostileTrace(testDescription: "2,000 names") {
            var trace = TraceWriter()
            trace.begin()
            for number: UInt64 in 2...2001 {
                trace.add("name", at: 40, .number(number), .text("name \(number)"))
                trace.add("origin", at: 40, .number(number), .number(1), .number(number), .number(1))
                let task = trace.submit(UInt32(number), at: 50 + number, origin: number)
                trace.add("task_start", at: number * 1000, stream: 2, .number(task), .number(1))
                trace.add("task_end", at: number * 1000 + 900, stream: 2, .number(task), .number(0))
            }
            return trace
        },
        HostileTrace(testDescription: "10,000 workers") {
            var trace = TraceWriter()
            trace.begin()
            for worker: UInt64 in 3...10_000 {
                trace.add("worker_start", at: 40, .number(1), .number(worker), .number(worker), .number(100 + worker))
            }
            for ordinal: UInt32 in 1...40 {
                trace.run(ordinal, worker: UInt64(ordinal) * 250, from: 2, milliseconds: 9)
            }
            return trace
        },
        HostileTrace(testDescription: "numbers that nothing says anything about") {
            var trace = TraceWriter()
            let task = trace.submit(1, at: 5, origin: UInt64(UInt32.max))
            trace.add("task_start", at: 6, stream: 2, .number(task), .number(UInt64(UInt32.max)))
            trace.add("task_end", at: 7, stream: 2, .number(task), .number(255))
            trace.add("task_end", at: 8, stream: 2, .number(TaskPath.main.id), .number(9))
            trace.add("worker_end", at: 9, .number(UInt64(UInt32.max)))
            return trace
        },
        HostileTrace(testDescription: "no event but the process's") {
            var trace = TraceWriter()
            trace.begin()
            return trace
        },
    ]
}
