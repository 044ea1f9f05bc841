import CEventTable
import CPoolRecorder
import Glibc
import PoolRecorder
import Synchronization

/// task_start events whose task counts from 0: the last one in a stream tells how many there were.
func write(count: UInt64, worker: UInt32) {
    for task in 0..<count { pooltrace_record_task_start(pooltrace_clock_now(), task, worker) }
}

/// Events after pauses of up to, just, and far more than what a short stamp can tell, and with stamps from before;
/// prints the stamps.
func stamps() {
    Recorder.start()
    let span: UInt64 = 1 << 27
    var stamp = pooltrace_clock_now()
    for (task, pause) in [0, 0, 1, span - 1, span, span + 1, 5, 3 * span, span - 1, 1 << 40, 7].enumerated() {
        stamp += pause
        pooltrace_record_task_start(stamp, UInt64(task), 1)
        print(stamp)
    }
    pooltrace_record_task_start(stamp - 1, 11, 1)
    print(stamp)
    pooltrace_record_task_end(stamp - 2 * span, 11, 1)
    pooltrace_record_task_start(stamp - 2 * span, 12, 1)
    print(stamp)
    print(stamp)
}

/// Ends and starts, two at a time.
func pairs(count: UInt64) {
    Recorder.start()
    for task in 0..<count {
        let stamp = pooltrace_clock_now()
        pooltrace_record_task_end(stamp, task, 1)
        pooltrace_record_task_start(stamp, task + 1, 1)
    }
}

/// `count` events on each of some threads; 0: for as long as the process that started this one is there.
func flood(count: UInt64, threads: Int) {
    Recorder.start()
    let starter = getppid()
    print("writing")
    fflush(nil)
    onThreads(threads) { worker in
        var written: UInt64 = 0
        while count == 0 ? getppid() == starter : written < count {
            let next = count == 0 ? written + (1 << 20) : count
            for task in written..<next { pooltrace_record_task_start(pooltrace_clock_now(), task, worker) }
            written = next
        }
    }
}

/// Ends the process by SIGKILL at the nth occurrence of a step of the ring; prints "done" if that does not come.
func killAt(step: Int32, occurrence: Int, count: UInt64) {
    stepToKillAt = step
    occurrencesLeft = occurrence
    pooltrace_ring_set_step_hook { step in
        guard step == stepToKillAt else { return }
        occurrencesLeft -= 1
        if occurrencesLeft == 0 { kill(getpid(), SIGKILL) }
    }
    Recorder.start()
    for round in 0..<4 {
        pooltrace_record_mark(pooltrace_clock_now(), 0, "round \(round)", 1)
        write(count: count, worker: 1)
    }
    print("done")
}

// Read by the hook: one thread writes here.
nonisolated(unsafe) private var stepToKillAt: Int32 = 0
nonisolated(unsafe) private var occurrencesLeft = 0

private final class Wrapped: Sendable {
    let count = Atomic(0)
}

/// Copies the ring again and again while two threads wrap it.
func snapshots(count: Int, folder: String) {
    Recorder.start()
    // Until the ring has wrapped, in each of two threads.
    let wrapped = Wrapped()
    let writers = (1...2).map { worker in
        startThread {
            for task in 0..<UInt64.max {
                pooltrace_record_task_start(pooltrace_clock_now(), task, UInt32(worker))
                if task == 60_000 { wrapped.count.add(1, ordering: .relaxed) }
            }
        }
    }
    _ = writers
    while wrapped.count.load(ordering: .relaxed) < 2 { sched_yield() }
    for index in 0..<count {
        do {
            try Recorder.snapshot(to: "\(folder)/\(index)")
        } catch {
            print("snapshot \(index): \(error)")
            exit(1)
        }
    }
    exit(0)
}

/// Threads that come, write, and go.
func churn(rounds: Int, threads: Int, count: UInt64) {
    Recorder.start()
    for _ in 0..<rounds {
        onThreads(threads) { worker in write(count: count, worker: worker) }
    }
    tellTotals()
}

/// Threads that write much and stay, and others that come then, write, and stay too.
func newcomers(early: Int, much: UInt64, late: Int, little: UInt64) {
    Recorder.start()
    let arrivals = Wrapped()
    onThreads(early + late) { worker in
        let isEarly = worker <= early
        if !isEarly { while arrivals.count.load(ordering: .acquiring) < early { usleep(1000) } }
        write(count: isEarly ? much : little, worker: worker)
        arrivals.count.add(1, ordering: .acquiringAndReleasing)
        while arrivals.count.load(ordering: .acquiring) < early + late { usleep(1000) }
    }
    tellTotals()
}

/// Events for so long, in milliseconds, a pause, and events for so long again: one each millisecond, on two threads, of
/// which one ends with the pause.
func aging(before: Int, pause: Int, after: Int) {
    Recorder.start()
    @Sendable func write(for milliseconds: Int, from first: UInt64, worker: UInt32) {
        for task in 0..<UInt64(milliseconds) {
            pooltrace_record_task_start(pooltrace_clock_now(), first + task, worker)
            usleep(1000)
        }
    }
    onThreads(1) { write(for: before, from: 0, worker: $0) }
    write(for: before, from: 1_000_000, worker: 2)
    usleep(UInt32(pause) * 1000)
    write(for: after, from: 2_000_000, worker: 2)
    if arguments.count > 5 {
        do { try Recorder.snapshot(to: arguments[5]) } catch { print(error) }
    }
}

private func tellTotals() {
    let totals = pooltrace_ring_totals()
    print(
        "slots \(totals.slots) returned \(totals.slots_returned) never \(totals.slots_never_used) streams \(totals.streams) "
            + "in use \(totals.streams_in_use) discarded \(totals.discarded)")
}

/// Definitions first, then so many ordinary events that they would be overwritten.
func definitions(count: UInt64) {
    Recorder.start()
    print("site \(Recorder.intern(site: "Module/File.swift", line: 41, function: "run(files:)"))")
    print("name \(Recorder.intern(name: "check"))")
    print("same \(Recorder.intern(name: "check" as String))")
    write(count: count, worker: 1)
}

/// Says what a process is that records and does no more.
func idle() {
    Recorder.start()
    write(count: 10, worker: 1)
    var count = 0
    if let list = opendir("/proc/self/task") {
        while let entry = readdir(list) {
            if entry.pointee.d_name.0 != UInt8(ascii: ".") { count += 1 }
        }
        closedir(list)
    }
    print("threads \(count)")
    print("on \(Recorder.isOn)")
    print("directory \(Recorder.traceDirectory ?? "none")")
    print("command \(Recorder.command)")
}

/// A child that records too, into nothing.
func forkedChild() {
    Recorder.start()
    write(count: 1000, worker: 1)
    // Swift hides fork().
    typealias Fork = @convention(c) () -> pid_t
    let child = unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork"), to: Fork.self)()
    if child == 0 {
        write(count: 5000, worker: 2)
        pooltrace_record_mark(pooltrace_clock_now(), 0, "from the child", 1)
        let isOff = !Recorder.isOn && Recorder.traceDirectory == nil
        // With the hooks of exit, which must not end the parent's trace.
        exit(isOff ? 0 : 3)
    }
    var status: Int32 = 0
    waitpid(child, &status, 0)
    print("child \(status)")
    write(count: 1000, worker: 1)
}
