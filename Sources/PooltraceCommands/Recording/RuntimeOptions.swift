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
            "Executor for async tasks in parallel mode: record (Swift's own threads), pool (PoolTrace's workers), or off, which leaves them alone (default: record).",
            valueName: "executor"))
    var runtime: Runtime?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Record the async tasks of a program that is not linked with PoolTrace (default: if possible)."
    )
    var preload: Bool?

    @Flag(help: "Also record the async tasks of programs that the program starts.")
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
