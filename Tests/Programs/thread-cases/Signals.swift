import Glibc
import PoolTrace

/// Prints a line that a reader of a pipe sees at once.
func say(_ words: String...) {
    print(words.joined(separator: " "))
    fflush(nil)
}

/// The grace period: so many milliseconds as the second argument says, else longer than a test takes.
var grace: Duration {
    CommandLine.arguments.count > 2 ? .milliseconds(Int(CommandLine.arguments[2]) ?? 0) : .seconds(600)
}

/// A task that has to end lets the signal come before it does; a thread and what is queued end as cancelled.
@Sendable func polite() throws {
    try SignalPolicy.run(grace: grace) {
        let pool = try ThreadPool(name: "polite", workers: 1)
        let begun = Event()
        let thread = TracedThread(name: "looper") {
            while true {
                try CurrentTask.checkCancellation()
                usleep(1000)
            }
        }
        try thread.start()
        let running = pool.submit(name: "last") { () -> Int in
            begun.set()
            while !CurrentTask.isCancelled { usleep(1000) }
            return 42
        }
        let queued = (0..<5).map { number in pool.submit { say("ran", "\(number)") } }
        // In serial mode the task runs in this wait.
        DetachedSay.whenSet(begun, "ready")
        say("value", "\(try running.value())")
        let cancelled = try queued.filter { try $0.error() is CancellationError }.count
        say("cancelled", "\(cancelled)")
        do { try thread.join() } catch is CancellationError { say("thread cancelled") }
        let after = try ThreadPool(name: "after")
        do { try after.submit { say("ran after") }.value() } catch let failure as TaskFailure {
            say("\(failure.error)")
        }
        try after.shutdown()
        try pool.shutdown()
        say("stopping", "\(SignalPolicy.isStopping)")
    }
}

/// Says something on a thread of its own, so that the main thread may wait in a way that serial mode knows.
enum DetachedSay {
    static func whenSet(_ event: Event, _ words: String) {
        let thread = TracedThread(name: "sayer", isDaemon: true) {
            event.wait()
            say(words)
        }
        try? thread.start()
    }
}

/// The program comes to its end by what it is thrown.
@Sendable func cancelled() throws {
    try SignalPolicy.run(grace: grace) {
        let pool = try ThreadPool(name: "cancelled", workers: 1)
        pool.submit(name: "broken") { throw Broken(part: 9) }
        let running = pool.submit(name: "running") {
            say("ready")
            while true {
                try CurrentTask.checkCancellation()
                usleep(1000)
            }
        }
        try running.value()
        say("never")
    }
}

/// A task does not end, nor does main.
@Sendable func stubborn() throws {
    SignalPolicy.install(grace: grace)
    let pool = try ThreadPool(name: "stubborn", workers: 1)
    pool.submit(name: "broken") { throw Broken(part: 9) }
    let endless = pool.submit(name: "endless") {
        say("ready")
        while true { pause() }
    }
    try endless.value()
}

/// A signal comes when nothing is left to do, and main goes on to its own end.
@Sendable func late() throws {
    try SignalPolicy.run(grace: grace) {
        try withThreadPool(workers: 1) { pool in _ = try pool.map(0..<10) { $0 } }
        say("ready")
        SignalPolicy.waitForSignal()
        say("end")
    }
    exit(7)
}

/// A service: ready, alive, with a status, until it is told to stop.
@Sendable func service() throws {
    try SignalPolicy.run(grace: grace) {
        let pool = try ThreadPool(name: "served", workers: 1)
        try ServiceManager.ready(status: "up\nand running")
        say("ready", "\(ServiceManager.isPresent)")
        SignalPolicy.waitForSignal()
        try ServiceManager.report(status: "going")
        try pool.shutdown()
    }
}
