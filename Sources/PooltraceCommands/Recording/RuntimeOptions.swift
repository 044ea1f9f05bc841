internal import ArgumentParser
internal import Exploration

/// How a program's async tasks are taken over: by what is preloaded, or by what the program is linked with.
struct RuntimeOptions: ParsableArguments {
    /// Who runs async tasks in parallel.
    enum Runtime: String, ExpressibleByArgument, CaseIterable {
        case record, pool, off
    }

    @Option(
        help: ArgumentHelp(
            "Who runs async tasks, unless serial: record (Swift's own threads, the default), pool (workers of ours), or off, which leaves them alone.",
            valueName: "who"))
    var runtime: Runtime?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Take over the async tasks of a program that is not linked with PoolTrace; by default where that is possible."
    )
    var preload: Bool?

    @Flag(help: "Take over the async tasks of the programs that it starts, too.")
    var follow = false

    /// The variables that tell the program of it.
    ///
    /// - Throws: `ExplorationError` if it was asked for and cannot be.
    func environment(for program: String) throws -> [String: String] {
        var variables: [String: String] = [:]
        if let runtime { variables["POOLTRACE_RUNTIME"] = runtime.rawValue }
        guard preload != false, runtime != .off else { return variables }
        return variables.merging(try Preload(isAsked: preload == true, follows: follow).environment(for: program)) {
            $1
        }
    }
}
