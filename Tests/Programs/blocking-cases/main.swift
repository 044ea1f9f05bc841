// Tasks that block on what a task behind them is to do, or nobody: fine in parallel, and with one thread stuck.
// blocking-cases KIND
import Dispatch
import Foundation
import Glibc
import PoolTrace
import Synchronization

let kind = CommandLine.arguments.dropFirst().first ?? ""
let pool = try ThreadPool(name: "blocking", workers: 2)
switch kind {
case "pipe": try readFromPipe(pool)
case "lock":
    let semaphore = DispatchSemaphore(value: 0)
    // The blocked task goes on submitting and waiting when it is let go.
    let waiter = pool.submit(name: "waiter") { () -> Int in
        semaphore.wait()
        return try pool.submit(name: "child") { 20 }.value() + pool.map([10, 12]) { $0 }.reduce(0, +)
    }
    let others = (1...20).map { number in pool.submit(name: "other") { number } }
    pool.submit(name: "signaller") { semaphore.signal() }
    print("waited \(try waiter.value())", try others.map { try $0.value() }.reduce(0, +))
case "twice":
    // The thread that stands in blocks too: it stays so until the first goes on.
    let first = DispatchSemaphore(value: 0)
    let second = DispatchSemaphore(value: 0)
    let one = pool.submit(name: "one") {
        first.wait()
        second.signal()
    }
    let two = pool.submit(name: "two") {
        first.signal()
        second.wait()
    }
    try one.value()
    try two.value()
    print("both")
case "limit":
    // What the blocked task waits for comes after another's timeout.
    let semaphore = DispatchSemaphore(value: 0)
    let never = Promise<Int>()
    pool.submit(name: "signaller") {
        _ = try? never.future.value(timeout: .milliseconds(10))
        semaphore.signal()
    }
    try pool.submit(name: "waiter") { semaphore.wait() }.value()
    print("signalled")
case "sleep":
    pool.submit(name: "sleeper") { Thread.sleep(forTimeInterval: 4) }
    print("other \(try pool.submit(name: "other") { 1 }.value())")
case "marks":
    // What a serial run without async tasks can note of itself, with a stall limit of less than a quarter of a second:
    // nobody waits for a task, a thread of somebody else's submits, and a task blocks for longer than the limit, until
    // another runs.
    let released = DispatchSemaphore(value: 0)
    pool.execute(name: "releaser") { released.signal() }
    released.wait()
    let other = DispatchSemaphore(value: 0)
    try pool.submit(name: "busy") {
        Thread.detachNewThread {
            try? pool.submit(name: "beside") {}.value()
            other.signal()
        }
        Thread.sleep(forTimeInterval: 0.03)
    }.value()
    other.wait()
    try readFromPipe(pool)
case "alone":
    let semaphore = DispatchSemaphore(value: 0)
    DispatchQueue.global().asyncAfter(deadline: .now() + 4) { semaphore.signal() }
    try pool.submit(name: "alone") { semaphore.wait() }.value()
    print("alone")
case "cancel":
    // One looks whether it is cancelled until it is, by a task behind it.
    let spinner = pool.submit(name: "spinner") { while true { try CurrentTask.checkCancellation() } }
    pool.submit(name: "canceller") { spinner.cancel() }
    do { try spinner.value() } catch is CancellationError { print("cancelled") }
case "flag":
    // One spins until a task behind it has set a flag.
    let flag = Flag()
    let spinner = pool.submit(name: "spinner") { while !flag.isSet.load(ordering: .acquiring) {} }
    pool.submit(name: "setter") { flag.isSet.store(true, ordering: .releasing) }
    try spinner.value()
    print("set")
default: exit(64)
}
try pool.shutdown()

final class Flag: Sendable { let isSet = Atomic<Bool>(false) }

/// A task blocks until another writes, which is behind it.
func readFromPipe(_ pool: ThreadPool) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { exit(1) }
    let (from, to) = (ends[0], ends[1])
    let reader = pool.submit(name: "reader") { () -> UInt8 in
        var byte: UInt8 = 0
        return read(from, &byte, 1) == 1 ? byte : 0
    }
    let writer = pool.submit(name: "writer") {
        var byte: UInt8 = 42
        _ = write(to, &byte, 1)
    }
    for number in 1...3 { pool.submit(name: "other") { number } }
    try writer.value()
    print("read \(try reader.value())")
}
