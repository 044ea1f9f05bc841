internal import CommandSystem
internal import Glibc
package import PoolModel
internal import PoolSymbols

/// What differs from one run of a program to the next although the order of its tasks is the same, and is made the
/// same.
package struct Pinning: Sendable {
    /// What can be.
    package enum Source: String, CaseIterable, Sendable {
        case hashes, addresses, random, clock, time

        /// In words.
        var text: String {
            switch self {
            case .hashes: "hash order"
            case .addresses: "addresses"
            case .random: "random numbers"
            case .clock: "the wall clock"
            case .time: "elapsed time"
            }
        }
    }

    /// What is.
    package let sources: [Source]
    /// Whether the program's locks go by the turns of its tasks, as in all runs of one task at a time.
    package let takesTurns: Bool
    /// Where random numbers begin.
    package var seed: UInt64 = 0

    /// Pins what is named.
    package init(sources: [Source], takesTurns: Bool = true) {
        (self.sources, self.takesTurns) = (sources, takesTurns)
    }

    private static let hashing = "SWIFT_DETERMINISTIC_HASHING"

    /// Nothing.
    package static let none = Pinning(sources: [])
    /// Nothing, in a parallel run.
    package static let noneInParallel = Pinning(sources: [], takesTurns: false)
    /// The order of hashes alone, in a parallel run.
    package static let hashes = Pinning(sources: [.hashes], takesTurns: false)
    /// All that can be in a parallel run.
    package static let allInParallel = Pinning(sources: Source.allCases.filter { $0 != .time }, takesTurns: false)
    /// All that can be.
    package static let all = Pinning(sources: Source.allCases)

    /// The variables that do it, on top of others.
    ///
    /// - Throws: `ExplorationError` if the library that does most of it is not there.
    package func environment(over variables: [String: String]) throws -> [String: String] {
        var variables = variables
        // What the user has set stays.
        if sources.contains(.hashes), getenv(Self.hashing) == nil { variables[Self.hashing] = "1" }
        let preloaded = sources.filter { $0 != .hashes }
        guard takesTurns || !preloaded.isEmpty else { return variables }
        if preloaded.contains(.addresses) { Self.fixAddresses() }
        let library = try OwnFolder.path(of: "libPoolTraceControl.so", "the library for runs of one task at a time")
        let others = variables["LD_PRELOAD"] ?? getenv("LD_PRELOAD").map { String(cString: $0) }
        // Last, since what comes later is set up first: it may start the program anew.
        variables["LD_PRELOAD"] = (others.map { $0 + ":" } ?? "") + library
        if preloaded.isEmpty { return variables }
        variables["POOLTRACE_PIN"] = preloaded.map(\.rawValue).joined(separator: ",")
        variables["POOLTRACE_PIN_SEED"] = String(seed)
        return variables
    }

    /// Has what this process starts no address randomization, so that the library need not start it again.
    ///
    /// Found by its name: Swift's Glibc module has no `personality`.
    static func fixAddresses() {
        typealias Personality = @convention(c) (UInt) -> Int32
        guard let found = dlsym(nil, "personality") else { return }
        let personality = unsafeBitCast(found, to: Personality.self)
        let own = personality(0xFFFF_FFFF)
        // ADDR_NO_RANDOMIZE
        if own >= 0 { _ = personality(UInt(own) | 0x004_0000) }
    }

    /// Which locks of a program are decision points where its orders are searched for.
    ///
    /// The sanitizer's runtime stands in front of what stands in for locks, unless it looks for races between tasks.
    package static func decidedLocks(of program: String, findsRaces: Bool) -> Sentences.DecidedLocks {
        guard let path = SystemProgram.path(of: program), let file = ProgramFile(path: path) else { return .all }
        if file.needs.isEmpty || file.isSanitized && !findsRaces { return .own }
        return file.hasStaticRuntime ? .contended : .all
    }

    /// What is pinned in the runs of a program, and what is not, in a sentence.
    package func account(for program: String) -> String {
        let path = SystemProgram.path(of: program)
        let isStatic = path.flatMap { ProgramFile(path: $0) }.map { $0.needs.isEmpty } ?? false
        let pinned = isStatic ? sources.filter { $0 == .hashes } : sources
        let missed = Source.allCases.filter { source in !pinned.contains { $0 == source } }.map(\.text)
        let others = ["process and thread IDs", "external input"]
        return "fixed: \(pinned.map(\.text).joined(separator: ", ")); not fixed: "
            + ((isStatic ? missed.map { "\($0) (the program is linked statically)" } : missed) + others)
            .joined(separator: ", ")
    }
}
