// A program with a pool, for tests of the command:
//   pool-program succeed      two tasks that succeed
//   pool-program fail         two tasks fail and nobody asks why
//   pool-program crash        a task fails, then the program stops at a fatalError in another
//   pool-program wait         prints "waiting" in a task and waits for a signal
//   pool-program flood N      N tasks
//   pool-program crowd POOLS WORKERS
//                             as many tasks at once as all pools have workers
//   pool-program bounds KIND [watched DIRECTORY]
//                             tasks that pass a bound
//   pool-program steady       prints "steady" and runs a task each millisecond until SIGTERM
import Glibc
import PoolTrace

struct Unreadable: Error { let place: Int }

@inline(never) func check(_ place: Int) throws -> Int {
    if place == 3 || place == 4 { throw Unreadable(place: place) }
    return place
}

nonisolated(unsafe) var isAskedToEnd = false

let arguments = CommandLine.arguments.dropFirst()
let pool = try ThreadPool(name: "checks", workers: 2)
switch arguments.first {
case "succeed":
    print(try pool.map([1, 2]) { try check($0) })
case "fail":
    for place in 1...4 {
        pool.submit(name: "check", input: place) { try check($0) }
    }
case "crash":
    let failed = pool.submit(name: "check", input: 3) { try check($0) }
    while !failed.isDone { sched_yield() }
    pool.submit(name: "stop") { fatalError("stopped on purpose") }
case "wait":
    pool.submit(name: "wait") {
        puts("waiting")
        fflush(nil)
        while true { pause() }
    }
case "flood":
    for place in 0..<(arguments.dropFirst().first.flatMap { Int($0) } ?? 1) {
        pool.submit { place }
    }
case "crowd":
    let counts = arguments.dropFirst().compactMap { Int($0) }
    try crowd(pools: counts[0], workers: counts[1])
case "bounds":
    let words = Array(arguments.dropFirst())
    if words.count == 3 { SnapshotWatch.start(when: [.run(.milliseconds(100))], in: words[2]) }
    try passBounds(words.first ?? "", pool)
case "steady":
    // As a program ends that has been told to: with a flag, and everything done that was begun.
    signal(SIGTERM) { _ in isAskedToEnd = true }
    puts("steady")
    fflush(nil)
    while !isAskedToEnd {
        try pool.submit(name: "tick") {}.value()
        usleep(1000)
    }
default: exit(64)
}
try pool.shutdown()
exit(arguments.first == "fail" ? 1 : 0)
