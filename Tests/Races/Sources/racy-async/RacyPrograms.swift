import RaceCases

/// The ten racy programs and their twins, without a pool.
let racyPrograms: [AsyncCase] = [
    .program("plain-field") { fixed in
        let counter = fixed ? LockedVisitorCounter() : VisitorCounter()
        await withTaskGroup(of: Void.self) { requests in
            for _ in 0..<4 { requests.addTask { counter.visit() } }
        }
        print("\(counter.visitors) visitors")
    },
    .program("struct-in-array") { fixed in
        let names = ["nail", "screw"]
        let inventory = fixed ? LockedInventory(names) : Inventory(names)
        async let first: Void = inventory.sell(article: 0)
        async let second: Void = inventory.sell(article: 1)
        _ = await (first, second)
        print("\(inventory.stock) in stock")
    },
    .program("dictionary") { fixed in
        let cache = fixed ? LockedPriceCache() : PriceCache()
        let orders = [["pen", "ink", "paper"], ["ink", "pen", "ruler"]]
        let total = await withTaskGroup(of: Int.self) { group in
            for order in orders {
                group.addTask { order.reduce(0) { $0 + cache.price(of: $1) } }
            }
            return await group.reduce(0, +)
        }
        print("orders for \(total)")
    },
    .program("check-then-act") { fixed in
        let account = fixed ? LockedAccount() : Account()
        let card = Task { account.withdraw(70) }
        let transfer = Task { account.withdraw(60) }
        print("card \(await card.value), transfer \(await transfer.value)")
    },
    // Two actors protect themselves, not what they share.
    .program("lazy-property") { fixed in
        let answers = [3, 5, 4, 4]
        let survey = fixed ? LockedSurvey(answers) : Survey(answers)
        let (left, right) = (Page(showing: survey), Page(showing: survey))
        async let upper = left.text
        async let lower = right.text
        print(await [upper, lower].joined(separator: "\n"))
    },
    .program("double-checked") { fixed in
        let source = fixed ? LockedConnectionSource() : ConnectionSource()
        let connections = await withTaskGroup(of: ConnectionSource.Connection.self) { handlers in
            for _ in 0..<3 { handlers.addTask { source.connect() } }
            return await handlers.reduce(into: []) { $0.append($1) }
        }
        print("one connection: \(connections.allSatisfy { $0 === connections[0] })")
    },
    .program("wrong-lock") { fixed in
        let playlist = Playlist(sharesLock: fixed)
        let guest = Task.detached { for song in ["Polka", "Waltz"] { playlist.add(song) } }
        let player = Task.detached { playlist.removeFirst() }
        await guest.value
        await player.value
    },
    .program("flag") { fixed in
        let download = fixed ? ReleasedDownload() : Download()
        let loader = Task { download.finish(size: 4096) }
        // Until the flag is set, and whatever is written before it may not be seen yet.
        var size = download.finishedSize
        while size == nil {
            await Task.yield()
            size = download.finishedSize
        }
        print("\(size ?? 0) bytes")
        await loader.value
    },
    .program("captured-variable") { fixed in
        let baskets = [[4, 8], [15, 16], [23, 42]]
        nonisolated(unsafe) var total = 0
        await withTaskGroup(of: Int.self) { tills in
            for basket in baskets {
                tills.addTask {
                    let sum = basket.reduce(0, +)
                    guard !fixed else { return sum }
                    total += sum  // race: captured-variable
                    return 0
                }
            }
            for await sum in tills where fixed { total += sum }
        }
        print("total \(total)")
    },
    .program("sent-buffer") { fixed in
        let (buffers, continuation) = AsyncStream.makeStream(of: SampleBuffer.self)
        let meter = Task {
            var levels: [Int32] = []
            for await buffer in buffers { levels.append(buffer.loudest()) }
            return levels
        }
        let buffer = SampleBuffer(count: 64)
        // The meter waits by now.
        await Task.yield()
        for level in 1...3 as ClosedRange<Int32> {
            buffer.fill(with: level)
            continuation.yield(fixed ? buffer.copy() : buffer)
        }
        continuation.finish()
        print("loudest \(await meter.value)")
    },
]

private actor Page {
    private let survey: Survey

    init(showing survey: Survey) { self.survey = survey }

    var text: String { survey.summary() }
}
