import PoolTrace
import RaceCases

typealias PoolCase = Case<@Sendable (Bool) throws -> Void>

/// The ten racy programs and their twins.
let racyPrograms: [PoolCase] = [
    .program("plain-field") { fixed in
        let counter = fixed ? LockedVisitorCounter() : VisitorCounter()
        try withThreadPool(workers: 2) { pool in
            let requests = (0..<4).map { _ in pool.submit { counter.visit() } }
            for request in requests { try request.value() }
        }
        print("\(counter.visitors) visitors")
    },
    .program("struct-in-array") { fixed in
        let names = ["nail", "screw", "hinge", "bolt"]
        let inventory = fixed ? LockedInventory(names) : Inventory(names)
        try withThreadPool(workers: 2) { pool in
            let tills = (0..<2).map { till in
                pool.submit(input: till) { till in for article in [till, till + 2] { inventory.sell(article: article) }
                }
            }
            for till in tills { try till.value() }
        }
        print("\(inventory.stock) in stock")
    },
    .program("dictionary") { fixed in
        let cache = fixed ? LockedPriceCache() : PriceCache()
        let orders = [["pen", "ink", "paper"], ["ink", "pen", "ruler"]]
        let totals = try withThreadPool(workers: 2) { pool in
            try pool.map(orders, chunkSize: 1) { order in order.reduce(0) { $0 + cache.price(of: $1) } }
        }
        print("orders for \(totals)")
    },
    .program("check-then-act") { fixed in
        let account = fixed ? LockedAccount() : Account()
        try withThreadPool(workers: 2) { pool in
            let card = pool.submit(name: "card") { account.withdraw(70) }
            let transfer = pool.submit(name: "transfer") { account.withdraw(60) }
            print("card \(try card.value()), transfer \(try transfer.value())")
        }
    },
    .program("lazy-property") { fixed in
        let answers = [3, 5, 4, 4]
        let survey = fixed ? LockedSurvey(answers) : Survey(answers)
        let pages = try withThreadPool(workers: 2) { pool in
            try asCompleted((0..<2).map { page in pool.submit { "page \(page): \(survey.summary())" } })
                .map { try $0.value() }
        }
        print(pages.sorted().joined(separator: "\n"))
    },
    .program("double-checked") { fixed in
        let source = fixed ? LockedConnectionSource() : ConnectionSource()
        try withThreadPool(workers: 2) { pool in
            let handlers = (0..<3).map { _ in pool.submit { source.connect() } }
            let connections = try handlers.map { try $0.value() }
            print("one connection: \(connections.allSatisfy { $0 === connections[0] })")
        }
    },
    .program("wrong-lock") { fixed in
        let playlist = Playlist(sharesLock: fixed)
        try withThreadPool(workers: 2) { pool in
            let guest = pool.submit { for song in ["Polka", "Waltz"] { playlist.add(song) } }
            let player = pool.submit { playlist.removeFirst() }
            try guest.value()
            try player.value()
        }
    },
    // In the first order the display looks before the download has set the flag.
    .program("flag", .search) { fixed in
        let download = fixed ? ReleasedDownload() : Download()
        try withThreadPool(workers: 2) { pool in
            let display = pool.submit { download.finishedSize.map { "\($0) bytes" } ?? "loading" }
            let loader = pool.submit { download.finish(size: 4096) }
            print(try display.value())
            try loader.value()
        }
    },
    .program("captured-variable") { fixed in
        let baskets = [[4, 8], [15, 16], [23, 42]]
        try withThreadPool(workers: 2) { pool in
            if fixed {
                print("total \(try pool.map(baskets) { $0.reduce(0, +) }.reduce(0, +))")
            } else {
                nonisolated(unsafe) var total = 0
                let tills = baskets.map { basket in
                    pool.submit(input: basket) { basket in
                        total += basket.reduce(0, +)  // race: captured-variable
                    }
                }
                for till in tills { try till.value() }
                print("total \(total)")
            }
        }
    },
    .program("sent-buffer") { fixed in
        let buffer = SampleBuffer(count: 64)
        try withThreadPool(workers: 2) { pool in
            buffer.fill(with: 3)
            let sent = fixed ? buffer.copy() : buffer
            let meter = pool.submit { sent.loudest() }
            buffer.fill(with: 5)
            print("loudest \(try meter.value())")
        }
    },
]
