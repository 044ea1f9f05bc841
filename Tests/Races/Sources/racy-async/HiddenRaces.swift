import RaceCases

/// Races that a detector misses if it sees an edge where there is no edge, or if its history ends too early.
let hiddenRaces: [AsyncCase] = [
    .single("main-after-task", .race) {
        let tally = Tally()
        let task = Task.detached {
            tally.count += 1  // race: main-after-task
        }
        tally.count += 1  // race: main-after-task
        await task.value
    },
    .single("parent-of-async-let", .race) {
        let tally = Tally()
        async let child: Void = count(tally)
        tally.count += 1  // race: parent-of-async-let
        await child
    },
    .single("between-yields", .race) {
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                tally.count += 1  // race: between-yields
                await Task.yield()
            }
            group.addTask {
                for _ in 0..<5 { await Task.yield() }
                tally.count += 1  // race: between-yields
            }
        }
    },
    .single("far-back-300", .race) {
        let tally = Tally()
        await withTaskGroup(of: Int.self) { group in
            group.addTask {
                tally.count += 1  // race: far-back-300
                return 0
            }
            for number in 0..<300 {
                group.addTask {
                    let own = Tally()
                    for _ in 0..<50 { own.count += number }
                    return own.count
                }
            }
            group.addTask {
                tally.count += 1  // race: far-back-300
                return 0
            }
        }
    },
    // The actor is asked by both, and by the first task after its access alone: another order shows the race.
    .single("beside-an-actor", .search) {
        let tally = Tally()
        let ledger = Ledger()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                tally.count += 1  // race: beside-an-actor
                await ledger.add(1)
            }
            group.addTask {
                await ledger.add(1)
                tally.count += 1  // race: beside-an-actor
            }
        }
    },
    // Two actors, one object.
    .single("two-actors", .race) {
        let tally = Tally()
        let clerks = [Clerk(tally), Clerk(tally)]
        await withTaskGroup(of: Void.self) { group in
            for clerk in clerks { group.addTask { await clerk.count() } }
        }
    },
    .single("after-the-stream", .race) {
        let tally = Tally()
        let (numbers, continuation) = AsyncStream.makeStream(of: Int.self)
        let reader = Task {
            for await _ in numbers {
                tally.count += 1  // race: after-the-stream
            }
        }
        // The reader waits by now.
        await Task.yield()
        continuation.yield(1)
        tally.count += 1  // race: after-the-stream
        continuation.finish()
        await reader.value
    },
]

private func count(_ tally: Tally) async {
    tally.count += 1  // race: parent-of-async-let
}

private actor Clerk {
    private let tally: Tally

    init(_ tally: Tally) { self.tally = tally }

    func count() {
        tally.count += 1  // race: two-actors
    }
}
