/// The events of one process in Chrome's format.
struct ChromeEvents {
    private(set) var writer: JSONWriter
    let pid: UInt64
    private let run: Int
    private let start: UInt64

    init(to writer: JSONWriter, run: Int, start: UInt64, pid: UInt64) {
        self.writer = writer
        self.run = run
        self.start = start
        self.pid = pid
    }

    mutating func add(
        _ phase: String, _ category: String, _ name: String, at time: UInt64, on thread: UInt64,
        _ members: (inout JSONWriter) -> Void
    ) {
        let (pid, start) = (pid, start)
        writer.object { event in
            event.value("ph", phase)
            event.value("cat", category)
            event.value("name", name)
            event.value("pid", pid)
            event.value("tid", thread)
            event.microseconds("ts", time > start ? time - start : 0)
            members(&event)
        }
    }

    /// The begin (`s`) or the end (`f`) of the flow to a task; the same task number in two runs is two tasks.
    mutating func flow(_ phase: String, to task: UInt64, at time: UInt64, on thread: UInt64) {
        // As text: a JSON number of 64 bits loses digits.
        let id = "0x" + String(task ^ UInt64(run) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        add(phase, "flow", "submit", at: time, on: thread) { event in
            if phase == "f" { event.value("bp", "e") }
            event.value("id", id)
        }
    }

    /// Names the process or a thread.
    mutating func name(_ what: String, _ thread: UInt64, _ name: String) {
        let pid = pid
        writer.object { event in
            event.value("ph", "M")
            event.value("name", what)
            event.value("pid", pid)
            event.value("tid", thread)
            event.object("args") { $0.value("name", name) }
        }
    }
}
