import Foundation
import Synchronization

extension Edge {
    package static let all: [Edge] = exclusions + handovers + [queueBarrier, operationQueue, lazyGlobal]

    private static let exclusions = [
        exclusion("mutex") {
            let mutex = SharedMutex()
            return { body in mutex.mutex.withLock { _ in body() } }
        },
        exclusion("ns-lock") {
            let lock = NSLock()
            return { body in lock.withLock(body) }
        },
        exclusion("ns-recursive-lock") {
            let lock = NSRecursiveLock()
            return { body in lock.withLock { lock.withLock(body) } }
        },
        exclusion("queue-sync") {
            let queue = DispatchQueue(label: "edge")
            return { body in queue.sync(execute: body) }
        },
        exclusion("semaphore-as-lock") {
            let semaphore = DispatchSemaphore(value: 1)
            return { body in
                semaphore.wait()
                body()
                semaphore.signal()
            }
        },
    ]

    private static let handovers = [
        handover("ns-condition") {
            let condition = NSCondition()
            let isSignalled = Tally()
            return (
                {
                    condition.lock()
                    isSignalled.count = 1
                    condition.signal()
                    condition.unlock()
                },
                {
                    condition.lock()
                    while isSignalled.count == 0 { condition.wait() }
                    condition.unlock()
                }
            )
        },
        handover("dispatch-semaphore") {
            let semaphore = DispatchSemaphore(value: 0)
            return ({ semaphore.signal() }, { semaphore.wait() })
        },
        handover("dispatch-group") {
            let group = DispatchGroup()
            group.enter()
            return ({ group.leave() }, { group.wait() })
        },
        handover("pipe") {
            let pipe = Pipe()
            return (
                { pipe.fileHandleForWriting.write(Data([1])) }, { _ = pipe.fileHandleForReading.readData(ofLength: 1) }
            )
        },
    ]

    /// Both sides have the queue read, and change as a barrier: known to be reported by the sanitizer alone.
    private static let queueBarrier = Edge(name: "queue-barrier") {
        let tally = Tally()
        let queue = DispatchQueue(label: "edge", attributes: .concurrent)
        let side: @Sendable () -> Void = {
            let group = DispatchGroup()
            for _ in 0..<20 {
                queue.async(group: group) { precondition(tally.count >= 0) }
                queue.async(group: group, flags: .barrier) { tally.count += 1 }
            }
            group.wait()
        }
        return (side, side)
    }

    /// Both sides have the queue run what they share, one operation at a time, and wait.
    private static let operationQueue = Edge(name: "operation-queue") {
        let tally = Tally()
        let queue = OperationQueue()
        queue.maxConcurrentOperationCount = 1
        let side: @Sendable () -> Void = {
            let own = Tally()
            own.count = 1
            let operation = BlockOperation { tally.count += own.count }
            queue.addOperations([operation], waitUntilFinished: true)
            own.count = 2
        }
        return (side, side)
    }

    /// Both sides ask for the global; one of them makes it.
    private static let lazyGlobal = Edge(name: "lazy-global") {
        let side: @Sendable () -> Void = { precondition(Greetings.all.words.count == 3) }
        return (side, side)
    }
}

/// A `Mutex` that closures share.
private final class SharedMutex: Sendable {
    let mutex = Mutex(0)
}

private final class Greetings: Sendable {
    static let all = Greetings()
    let words: [String]

    private init() { words = "hello good day".split(separator: " ").map(String.init) }
}
