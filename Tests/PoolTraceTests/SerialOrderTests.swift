import TestSupport
import Testing

/// Serial mode is the pool itself in another order: same results, same events, and the same order again for the same
/// seed.
@Suite("Serial orders")
struct SerialOrderTests {
    /// The events of a run of the program `order`, without times, and what it printed.
    private func events(mode: String, seed: Int, in folder: TemporaryDirectory) async throws -> (String, output: String)
    {
        let trace = folder.path("trace-\(mode)-\(seed)-\(UInt32.random(in: 0 ... .max))")
        let run = try await Child.run(
            BuiltProduct.path("pool-cases"), ["order"],
            environment: [
                "POOLTRACE_MODE": mode, "POOLTRACE_SEED": "\(seed)", "POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off",
            ]
        ).requireSuccess()
        let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", "--no-times", trace])
            .requireSuccess()
        return (events.output, run.output)
    }

    @Test("Twenty seeds give at least fifteen orders, each the same again, with equal results and events")
    func seeds() async throws {
        try await withTemporaryDirectory { folder in
            let parallel = try await events(mode: "parallel", seed: 0, in: folder)
            var orders: Set<String> = []
            for seed in 1...20 {
                let first = try await events(mode: "serial:random", seed: seed, in: folder)
                let second = try await events(mode: "serial:random", seed: seed, in: folder)
                #expect(first == second, "seed \(seed) gave another order the second time")
                #expect(first.output == parallel.output, "seed \(seed)")
                #expect(Self.counts(first.0) == Self.counts(parallel.0), "seed \(seed)")
                orders.insert(
                    first.0.split(separator: "\n").filter { $0.contains("task_start") }.joined(separator: "\n"))
            }
            #expect(orders.count >= 15)
        }
    }

    @Test(
        "Each strategy gives the results and the events of the parallel run",
        arguments: ["fifo", "lifo", "delays", "delays:50", "pct", "pct:5:40"])
    func strategies(strategy: String) async throws {
        try await withTemporaryDirectory { folder in
            let parallel = try await events(mode: "parallel", seed: 0, in: folder)
            let serial = try await events(mode: "serial:\(strategy)", seed: 0, in: folder)
            #expect(serial.output == parallel.output)
            #expect(Self.counts(serial.0) == Self.counts(parallel.0))
        }
    }

    @Test("Inline gives the results of the parallel run, but nothing is left to cancel")
    func inline() async throws {
        try await withTemporaryDirectory { folder in
            let parallel = try await events(mode: "parallel", seed: 0, in: folder)
            let inline = try await events(mode: "serial:inline", seed: 0, in: folder)
            #expect(inline.output == parallel.output.replacing("cancelled 3", with: "cancelled 0"))
        }
    }

    /// How many events there are of each kind that a program causes, rather than its workers.
    private static func counts(_ events: String) -> [String: Int] {
        let kinds = [
            "task_submit", "task_start", "task_end", "task_cancel", "task_error", "wait_start", "wait_end",
            "pool_start",
            "pool_end", "site", "name", "root", "mark",
        ]
        var counts: [String: Int] = [:]
        for line in events.split(separator: "\n") {
            // How many threads a serial run took is its own affair.
            if line.hasPrefix("pooltrace:mark:"), line.contains("took turns") { continue }
            for kind in kinds where line.hasPrefix("pooltrace:\(kind):") { counts[kind, default: 0] += 1 }
        }
        return counts
    }
}
