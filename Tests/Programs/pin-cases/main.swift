// Prints what differs from run to run, or with "pool" has as many tasks as that says: pin-cases WHAT [pool]
import Dispatch
import Foundation
import PoolTrace

/// A number that depends on it.
func number(_ what: String) -> Int {
    switch what {
    case "hashes": "hash".hashValue
    case "addresses": unsafeBitCast(CommandLine.self as Any.Type, to: Int.self) >> 21
    case "random": Int.random(in: 0..<Int.max)
    case "clock": Int(Date().timeIntervalSince1970 * 1e6)
    default: Int(getpid())
    }
}

if CommandLine.arguments.count == 3 {
    let pool = try ThreadPool(name: "pinned", workers: 1)
    for place in 0...(number(CommandLine.arguments[1]) & 255) { pool.submit { place } }
    try pool.shutdown()
    exit(0)
}
switch CommandLine.arguments.dropFirst().first {
case "hashes": print(Set((0..<20).map { "\($0)" }).joined(separator: " "))
case "addresses":
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
    print(memory, unsafeBitCast(CommandLine.self as Any.Type, to: UInt.self))
case "random": print(Int.random(in: 0..<Int.max), UUID(), Double.random(in: 0..<1), [1, 2, 3, 4, 5, 6, 7].shuffled())
case "clock": print(Date().timeIntervalSince1970, time(nil), Date())
case "waits":
    // Waits with a limit take as long as ever, by whichever clock they were made.
    let start = ContinuousClock.now
    let condition = NSCondition()
    condition.lock()
    let isSignalled = condition.wait(until: Date().addingTimeInterval(0.2))
    let isDone = DispatchSemaphore(value: 0).wait(timeout: .now() + 0.2)
    let isDoneByWall = DispatchSemaphore(value: 0).wait(wallTimeout: .now() + 0.2)
    Thread.sleep(forTimeInterval: 0.2)
    Thread.sleep(until: Date().addingTimeInterval(0.2))
    let time = ContinuousClock.now - start
    print(isSignalled, isDone, isDoneByWall, time > .milliseconds(990) && time < .seconds(10))
default: exit(64)
}
