import ArgumentParser
import Glibc
import PoolModel
import PoolSymbols

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
    /// - Parameters:
    ///   - program: The program, a path or a name that is looked up in PATH.
    ///   - others: What is preloaded besides.
    /// - Throws: `Recording.Failure` if it was asked for and cannot be.
    func environment(for program: String, preloaded others: String?) throws -> [String: String] {
        var variables: [String: String] = [:]
        if let runtime { variables["POOLTRACE_RUNTIME"] = runtime.rawValue }
        guard preload != false, runtime != .off, try mayPreload(program) else { return variables }
        guard let library = try Self.library(isNeeded: preload == true) else { return variables }
        variables["LD_PRELOAD"] = library + (others.map { ":" + $0 } ?? "")
        if follow { variables["POOLTRACE_FOLLOW"] = "1" }
        return variables
    }

    /// Whether it makes sense for this program; of what cannot be read, the preloaded library finds out itself.
    private func mayPreload(_ program: String) throws -> Bool {
        guard let path = Self.path(of: program), let file = ProgramFile(path: path) else { return true }
        if file.hasRuntime { return false }
        if file.hasPoolTrace {
            guard preload == true else { return follow }
            throw Recording.Failure(
                "\(program) is linked with PoolTrace, and there is one in a process: link the product PoolTraceRuntime too, which "
                    + "takes over its async tasks")
        }
        if file.hasStaticRuntime {
            guard preload == true else { return follow }
            throw Recording.Failure(
                "\(program) carries Swift's runtime itself, which cannot be taken over from outside: link the product "
                    + "PoolTraceRuntime, or build it without -static-stdlib")
        }
        if preload == true, !file.needsConcurrency, !follow {
            throw Recording.Failure("\(program) does not use Swift's async tasks: it needs no libswift_Concurrency.so")
        }
        return file.needsConcurrency || follow
    }

    /// The library to preload, beside the command or in the `lib` beside its `bin`.
    private static func library(isNeeded: Bool) throws -> String? {
        let candidates = OwnFolder.candidates("libPoolTracePreload.so")
        if let found = candidates.first(where: { access($0, R_OK) == 0 }) { return found }
        guard isNeeded else { return nil }
        throw Recording.Failure("the library to preload is neither \(candidates.joined(separator: " nor "))")
    }

    /// Where a shell would find a program.
    private static func path(of program: String) -> String? {
        if program.contains("/") { return program }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
