import Foundation
import RaceCases

/// What orders the tasks of Swift Concurrency, and others with them: no races.
let edgesOfConcurrency: [AsyncCase] = [
    .single("task-value", .none) {
        let tally = Tally()
        tally.count = 1
        await Task { tally.count += 1 }.value
        await Task.detached { tally.count += 1 }.value
        tally.count += 1
    },
    .single("async-let", .none) {
        let tallies = [Tally(), Tally()]
        async let first: Void = increase(tallies[0])
        async let second: Void = increase(tallies[1])
        _ = await (first, second)
        precondition(tallies.allSatisfy { $0.count == 1 })
    },
    .single("group-results", .none) {
        let tallies = (0..<8).map { _ in Tally() }
        await withTaskGroup(of: Tally.self) { group in
            for tally in tallies {
                group.addTask {
                    tally.count += 1
                    await Task.yield()
                    tally.count += 1
                    return tally
                }
            }
            for await tally in group { tally.count += 1 }
        }
        precondition(tallies.allSatisfy { $0.count == 3 })
    },
    .single("discarding-group", .none) {
        let tallies = (0..<8).map { _ in Tally() }
        await withDiscardingTaskGroup { group in
            for tally in tallies { group.addTask { tally.count += 1 } }
        }
        precondition(tallies.allSatisfy { $0.count == 1 })
    },
    .single("actor", .none) {
        let ledger = Ledger()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<5 { await ledger.add(1) } } }
        }
        let sum = await ledger.sum
        precondition(sum == 40)
    },
    .single("actor-handover", .none) {
        let ledger = Ledger()
        async let left: Void = {
            let tally = Tally()
            tally.count = 1
            await ledger.leave(tally)
        }()
        async let taken: Void = {
            let tally = await ledger.take()
            tally.count += 1
        }()
        _ = await (left, taken)
    },
    .single("main-actor", .none) {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { await increaseTotal() } }
        }
        let increased = await MainActor.run { total }
        precondition(increased == 8)
    },
    .single("continuation", .none) {
        let tally = Tally()
        await withCheckedContinuation { continuation in
            Task.detached {
                tally.count = 1
                continuation.resume()
            }
        }
        tally.count += 1
        precondition(tally.count == 2)
    },
    // The thread may be there before the task waits: known to be reported by the sanitizer alone.
    .single("continuation-from-thread", .none) {
        let tally = Tally()
        await withUnsafeContinuation { continuation in
            Thread {
                tally.count = 1
                continuation.resume()
            }.start()
        }
        tally.count += 1
        precondition(tally.count == 2)
    },
    .single("task-local", .none) {
        let tally = Tally()
        await Request.$current.withValue(tally) {
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { Request.current.count } }
                for await count in group { precondition(count == 0) }
            }
            Request.current.count += 1
        }
        precondition(tally.count == 1)
    },
    .single("async-stream", .none) {
        let (tallies, continuation) = AsyncStream.makeStream(of: Tally.self)
        let reader = Task {
            var sum = 0
            for await tally in tallies {
                tally.count += 1
                sum += tally.count
            }
            return sum
        }
        for _ in 0..<8 {
            let tally = Tally()
            tally.count = 1
            continuation.yield(tally)
        }
        continuation.finish()
        let sum = await reader.value
        precondition(sum == 16)
    },
    // The handler runs on the canceller's thread, since the task is inside by then.
    .single("cancellation-handler", .none) {
        let tally = Tally()
        let ledger = Ledger()
        let task = Task {
            await withTaskCancellationHandler {
                await ledger.leave(Tally())
                while !Task.isCancelled { await Task.yield() }
            } onCancel: {
                tally.count += 1
            }
        }
        _ = await ledger.take()
        tally.count += 1
        task.cancel()
        tally.count += 1
        await task.value
    },
    .single("sleep", .none) {
        let tally = Tally()
        async let child: Void = {
            tally.count += 1
            try? await Task.sleep(for: .milliseconds(1))
            tally.count += 1
        }()
        await child
        tally.count += 1
    },
    // What one task gives back, another one gets.
    .single("memory-reused", .none) {
        await withTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let scratch = UnsafeMutableBufferPointer<Int>.allocate(capacity: 64)
                    scratch.initialize(repeating: number)
                    defer { scratch.deallocate() }
                    for index in scratch.indices { scratch[index] += index }
                    return scratch[63]
                }
            }
        }
    },
    .single("released-by-the-last", .none) {
        for number in 0..<5 {
            let sums = await withTaskGroup(of: Int.self) { group in
                share(Numbers(number), in: &group)
                return await group.reduce(0, +)
            }
            precondition(sums == 6 * number)
        }
    },
]

/// What orders tasks and is not Swift Concurrency's: no races.
let edgesOfOthers: [AsyncCase] = Edge.all.map { edge in
    .single(edge.name, .none) {
        let (first, second) = edge.makeSides()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { first() }
            group.addTask { second() }
        }
    }
}

private func increase(_ tally: Tally) async { tally.count += 1 }

@MainActor private var total = 0

@MainActor private func increaseTotal() { total += 1 }

private enum Request {
    @TaskLocal static var current = Tally()
}

private func share(_ numbers: Numbers, in group: inout TaskGroup<Int>) {
    for _ in 0..<2 { group.addTask { numbers.sum } }
}

/// Something with memory of its own, which changes as it goes.
private final class Numbers: @unchecked Sendable {
    private var numbers: [Int]

    init(_ number: Int) { numbers = [number, number, number] }
    deinit { numbers.removeAll() }

    var sum: Int { numbers.reduce(0, +) }
}
