import Foundation

/// The kind of process that a row needs.
///
/// Rows of the same host share a process; each host's process lives as long as its group is measured.
struct Host: Sendable, Hashable {
    let name: String
    /// PoolTrace's variables; all others of its are taken out.
    var environment: [String: String] = [:]
    /// The ring's directory, below the scratch directory, is the host's own.
    var recordsIntoFolder = false
    var preloadsRecorder = false
    /// Runs beside a session daemon of its own, with a session that takes PoolTrace's events.
    var hasLTTngSession = false
}

extension Host {
    /// The size of the ring in every row that compares kinds of storage.
    static let ringSize: UInt64 = 16 << 20
    private static let ringVariables = ["POOLTRACE_LIMIT": "16M", "POOLTRACE_LTTNG": "off"]
    private static let offVariables = ["POOLTRACE_RING": "off", "POOLTRACE_LTTNG": "off"]

    static let off = Host(name: "off", environment: offVariables)
    static let memory = Host(name: "memory", environment: ringVariables)
    static let directory = Host(name: "directory", environment: ringVariables, recordsIntoFolder: true)
    /// 1 GiB, the default of a directory: the benchmark never gets round to its packets' second use.
    static let firstUse = Host(name: "first-use", environment: ["POOLTRACE_LTTNG": "off"], recordsIntoFolder: true)
    static let preloadedOff = Host(name: "preloaded-off", environment: offVariables, preloadsRecorder: true)
    static let preloadedMemory = Host(name: "preloaded-memory", environment: offVariables, preloadsRecorder: true)
    static let preloadedDirectory = Host(
        name: "preloaded-directory", environment: offVariables, recordsIntoFolder: true, preloadsRecorder: true)
    static let lttng = Host(name: "lttng", environment: offVariables, hasLTTngSession: true)
    static let dispatch = Host(name: "dispatch", environment: offVariables)
    /// A process that only this peer's row uses: the threads and the memory that it keeps are no other row's.
    static func peer(_ name: String) -> Host { Host(name: name, environment: offVariables) }
    static let tool = Host(name: "tool", environment: offVariables)
}

/// Where things are: handed by the driver to the processes of the hosts.
struct Places: Sendable {
    /// The directory of `pooltrace` and of the LTTng provider.
    let products: String
    /// The directory of the peers in other languages.
    let peers: String
    /// A directory that is removed after the run.
    let scratch: String

    static let productsVariable = "BENCH_PRODUCTS"
    static let peersVariable = "BENCH_PEERS"
    static let scratchVariable = "BENCH_SCRATCH"
    static let folderVariable = "BENCH_FOLDER"

    /// In a host's process.
    static func inherited() throws -> Places {
        let environment = ProcessInfo.processInfo.environment
        guard let products = environment[productsVariable], let peers = environment[peersVariable],
            let scratch = environment[scratchVariable]
        else {
            throw BenchError(
                "BENCH_PRODUCTS, BENCH_PEERS and BENCH_SCRATCH are not set: this is for tools/measure/bench/run")
        }
        return Places(products: products, peers: peers, scratch: scratch)
    }

    /// The ring's directory of a host's process.
    static var folder: String? { ProcessInfo.processInfo.environment[folderVariable] }

    var pooltrace: String { products + "/pooltrace" }
    var provider: String { products + "/libPoolTraceLTTng.so" }
}

/// Why something could not be measured, as a sentence.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
