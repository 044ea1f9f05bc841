/// Two sides, each for a task of its own, that share something with an edge of the system's or of Swift's between
/// them: no race, and a false report if the edge is not seen.
package struct Edge: Sendable {
    package let name: String
    /// Makes what both share, and the two sides.
    package let makeSides: @Sendable () -> (@Sendable () -> Void, @Sendable () -> Void)

    /// Both sides do the same, inside a lock: one after the other, in any order.
    static func exclusion(_ name: String, _ makeGuard: @escaping @Sendable () -> @Sendable (() -> Void) -> Void) -> Edge
    {
        Edge(name: name) {
            let tally = Tally()
            let guarded = makeGuard()
            let side: @Sendable () -> Void = { for _ in 0..<100 { guarded { tally.count += 1 } } }
            return (side, side)
        }
    }

    /// The first side writes and signals; the second one waits for that and reads.
    static func handover(
        _ name: String,
        _ makeSignal: @escaping @Sendable () -> (signal: @Sendable () -> Void, wait: @Sendable () -> Void)
    ) -> Edge {
        Edge(name: name) {
            let tally = Tally()
            let (signal, wait) = makeSignal()
            return (
                {
                    tally.count = 1
                    signal()
                },
                {
                    wait()
                    tally.count += 1
                }
            )
        }
    }
}
