import TestSupport
import Testing

/// Under a strategy that searches, tasks stop in the middle: whatever a parallel run can do at a point, some order
/// does.
@Suite("Two tasks that come to a point in their middle")
struct InterleavingTests {
    /// What two tasks do in the orders of the first seeds: each says its letter, comes to a point, and says it again.
    private func orders(
        _ kind: String, of who: String = "tasks", strategy: String = "random", seeds: Int = 40
    ) async throws -> Set<String> {
        var orders: Set<String> = []
        for seed in 1...seeds {
            let run = try await Child.run(
                BuiltProduct.path("pool-cases"), ["interleaving", kind, who],
                environment: [
                    "POOLTRACE_MODE": "serial:\(strategy)", "POOLTRACE_SEED": "\(seed)", "POOLTRACE_LTTNG": "off",
                ]
            ).requireSuccess()
            #expect(run.error == "", "\(kind), seed \(seed)")
            orders.insert(run.lines.joined())
        }
        return orders
    }

    @Test(
        "interleave in both orders, and also run one after the other",
        arguments: [
            "submit", "value", "timed value", "error", "map", "completed", "scope", "full queue", "both", "lock",
            "semaphore",
        ])
    func both(kind: String) async throws {
        let orders = try await orders(kind).union(orders(kind, strategy: "pct:2:10"))
        for order in ["aAbB", "bBaA"] { #expect(orders.contains(order), "\(kind): \(orders.sorted())") }
        #expect(orders.contains { $0.hasPrefix("ab") } && orders.contains { $0.hasPrefix("ba") }, "\(orders.sorted())")
        #expect(orders.isSubset(of: ["aAbB", "bBaA", "abAB", "abBA", "baAB", "baBA"]), "\(orders.sorted())")
    }

    @Test(
        "interleave where they are threads, or one of them is main", arguments: ["threads", "main"], ["lock", "value"])
    func threads(who: String, kind: String) async throws {
        let orders = try await orders(kind, of: who).union(orders(kind, of: who, strategy: "pct:2:10"))
        #expect(orders == ["aAbB", "bBaA", "abAB", "abBA", "baAB", "baBA"])
        #expect(try await self.orders(kind, of: who, strategy: "fifo", seeds: 1).count == 1)
    }

    @Test("go on in both orders when each has waited for the other")
    func barrier() async throws {
        let orders = try await orders("barrier")
        #expect(orders == ["abAB", "abBA", "baAB", "baBA"])
    }

    @Test(
        "find that a limit of some milliseconds may be too short, but not one of a minute",
        arguments: ["task", "thread", "main"], ["event", "future"])
    func limits(who: String, awaited: String) async throws {
        func outcomes(milliseconds: Int, strategy: String, seeds: Int) async throws -> Set<String> {
            var outcomes: Set<String> = []
            for seed in 1...seeds {
                let run = try await Child.run(
                    BuiltProduct.path("pool-cases"), ["limited", "\(milliseconds)", who, awaited],
                    environment: [
                        "POOLTRACE_MODE": "serial:\(strategy)", "POOLTRACE_SEED": "\(seed)", "POOLTRACE_LTTNG": "off",
                    ])
                outcomes.insert(run.lines.joined())
            }
            return outcomes
        }
        for strategy in ["random", "pct:2:30", "delays:20"] {
            #expect(try await outcomes(milliseconds: 10, strategy: strategy, seeds: 20) == ["came", "too late"])
            #expect(try await outcomes(milliseconds: 60_000, strategy: strategy, seeds: 10) == ["came"])
        }
        #expect(try await outcomes(milliseconds: 10, strategy: "fifo", seeds: 1) == ["came"])
    }

    @Test("interleave under every strategy that searches", arguments: ["delays:30", "pct:3:20"])
    func strategies(strategy: String) async throws {
        let orders = try await orders("value", strategy: strategy, seeds: 60)
        #expect(orders.contains { $0.hasPrefix("ab") || $0.hasPrefix("ba") }, "\(orders.sorted())")
        #expect(orders.contains("aAbB"), "\(orders.sorted())")
    }

    @Test("run one after the other, first in, first out", arguments: ["submit", "value", "map", "lock"])
    func plain(kind: String) async throws {
        #expect(try await orders(kind, strategy: "fifo", seeds: 1) == ["aAbB"])
    }
}
