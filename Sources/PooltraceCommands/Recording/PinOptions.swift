internal import ArgumentParser
internal import Exploration

/// Whether what differs from run to run is made the same.
struct PinOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help:
            "Fix hash order, addresses, random numbers, the wall clock and elapsed time, so that runs are reproducible (default: --pin in serial runs)."
    )
    var pin: Bool?

    /// What is pinned where tasks run one at a time.
    var pinning: Pinning { pin == false ? .none : .all }

    /// What is pinned in a parallel run: hashes come in the order that a replay has; nothing else unless it is asked
    /// for.
    var pinningInParallel: Pinning { pin.map { $0 ? .allInParallel : .noneInParallel } ?? .hashes }
}
