import CEventTable
import CPoolRecorder
import Glibc
import PoolRecorder

private func recordError(number: UInt64, input: String, frames: [UInt64] = []) {
    pooltrace_record_task_error(
        pooltrace_clock_now(), number, number, 0, 0, UInt64.max, 1, 2, 3, 1, 1, 0, 0, "main.\(number)", input, "Broken",
        "message", 0, nil, 0, nil, UInt32(frames.count), frames, 0, nil, 0, nil, 0, nil, "", 0, 0, 0, nil,
        0, nil, 0, nil)
}

/// More failures than the kept stream has room for, between ordinary events, and definitions after them.
func failures(count: UInt64) {
    Recorder.start()
    let input = String(repeating: "x", count: 1000)
    for number in 1...max(1, count) { recordError(number: number, input: input) }
    for line in 1...100 { _ = Recorder.intern(name: "late \(line)") }
}

/// Numbers so many names, and prints the number of the first, of the last, and of the first again.
func names(count: Int) {
    let numbers = (0..<max(1, count)).map { Recorder.intern(name: "made \($0)") }
    print(numbers[0], numbers[numbers.count - 1], Recorder.intern(name: "made 0" as String))
}

/// Texts that are too long, hostile, or cut in the middle of a character.
func texts() {
    Recorder.start()
    let long = String(repeating: "ä", count: 50_000)
    pooltrace_record_mark(pooltrace_clock_now(), 1, long, 1)
    pooltrace_record_mark(pooltrace_clock_now(), 2, "x" + long, 1)
    pooltrace_record_mark(pooltrace_clock_now(), 3, "\u{1B}[2J\nnew line", 1)
    let invalid: [CChar] = Array(repeating: CChar(bitPattern: 0x80), count: 10_000) + [0]
    pooltrace_record_mark(pooltrace_clock_now(), 4, invalid, 1)
    pooltrace_record_mark(pooltrace_clock_now(), 5, nil, 1)
    recordError(number: 6, input: long, frames: Array(1...1000))
}

/// Prints how far the clock of the ring and the monotonic clock are apart over some time, in parts per million.
func clockError() {
    Recorder.start()
    while pooltrace_clock_since_start(pooltrace_clock_now()) < 20_000_000 {}
    pooltrace_clock_refresh()
    let (stamp, before) = (pooltrace_clock_now(), pooltrace_clock_monotonic())
    while pooltrace_clock_monotonic() < before + 50_000_000 {}
    let (end, after) = (pooltrace_clock_now(), pooltrace_clock_monotonic())
    let ratio = Double(pooltrace_clock_nanoseconds(stamp, end)) / Double(after - before)
    print("ppm \(abs(ratio - 1) * 1e6)")
    print("stated \(pooltrace_clock_state().error_ppm)")
    print("backwards \(pooltrace_clock_nanoseconds(end, stamp))")
}

/// Ends by a fault, in a way that has a name.
func trap(kind: String) {
    Recorder.start()
    write(count: 100, worker: 1)
    switch kind {
    case "trap":
        let empty: [Int] = []
        print(empty[Int(arguments.count) - 3])
    case "abort": abort()
    case "sent": kill(getpid(), SIGSEGV)
    case "overflow": print(overflow(1))
    case "failure": print("left \(pooltrace_snapshot_on_failure()) \(pooltrace_snapshot_on_failure())")
    default: exit(64)
    }
}

private func overflow(_ depth: UInt64) -> UInt64 {
    // Not a tail call, and a frame of some size.
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 64) { memory in
        memory.initialize(repeating: depth)
        return overflow(depth &+ 1) &+ memory[Int(depth % 64)]
    }
}

/// What an event costs, in nanoseconds: beside the clock alone, and on two threads.
func cost() {
    func measure(_ name: String, _ count: Int, _ body: () -> Void) {
        let start = pooltrace_clock_monotonic()
        body()
        let nanoseconds = Double(pooltrace_clock_monotonic() - start) / Double(count)
        print(name, (nanoseconds * 100).rounded() / 100)
    }
    let count = 5_000_000
    for _ in 0..<5 {
        measure("off", count) {
            for task in 0..<UInt64(count) where Recorder.isOn { write(count: task, worker: 1) }
        }
        if Settings.current.ring { break }
    }
    if !Settings.current.ring { return }
    Recorder.start()
    for _ in 0..<5 {
        measure("clock", count) {
            var last: UInt64 = 0
            for _ in 0..<count { last ^= pooltrace_clock_now() }
            if last == 1 { print() }
        }
        measure("event", count) {
            for task in 0..<UInt64(count) where Recorder.isOn {
                pooltrace_record_task_start(pooltrace_clock_now(), task, 1)
            }
        }
        measure("two threads", count) { onThreads(2) { worker in write(count: UInt64(count), worker: worker) } }
        measure("site", count) {
            var sum: UInt32 = 0
            for _ in 0..<count { sum &+= Recorder.intern(site: #fileID, line: #line, function: #function) }
            if sum == 1 { print() }
        }
    }
}
