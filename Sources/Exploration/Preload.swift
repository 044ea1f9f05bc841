internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import PoolSymbols

/// What is preloaded into a program that is not linked with PoolTraceRuntime, so that its async tasks are taken over.
package struct Preload {
    /// Whether the user asked for it: then it is an error where it cannot be, and else just not done.
    package var isAsked: Bool
    /// Whether it is for the programs that the program starts, too.
    package var follows: Bool

    /// Makes what is preloaded, where it makes sense.
    package init(isAsked: Bool = false, follows: Bool = false) {
        self.isAsked = isAsked
        self.follows = follows
    }

    /// The variables that do it; none where they would have no effect.
    ///
    /// - Parameter program: A path, or a name that is looked up in PATH.
    /// - Throws: `ExplorationError` if it was asked for and cannot be.
    package func environment(for program: String) throws -> [String: String] {
        guard try makesSense(for: program), let library = try library() else { return [:] }
        let others = getenv("LD_PRELOAD").map { ":" + String(cString: $0) } ?? ""
        var variables = ["LD_PRELOAD": library + others]
        if follows { variables["POOLTRACE_FOLLOW"] = "1" }
        return variables
    }

    /// Of what cannot be read the preloaded library finds out itself.
    private func makesSense(for program: String) throws -> Bool {
        guard let path = SystemProgram.path(of: program), let file = ProgramFile(path: path) else { return true }
        if file.hasRuntime { return false }
        guard let reason = Self.obstacle(file) else { return true }
        guard isAsked, !follows else { return follows }
        throw ExplorationError("\(TerminalText.escape(program)) \(reason)")
    }

    /// Why a program's async tasks cannot be taken over from outside.
    private static func obstacle(_ file: ProgramFile) -> String? {
        if file.hasPoolTrace {
            return
                "is linked with PoolTrace, and a process can have only one; link the product PoolTraceRuntime too, which records "
                + "its async tasks"
        }
        if file.hasStaticRuntime {
            return
                "has Swift's runtime linked statically, so it cannot be preloaded; link the product PoolTraceRuntime, or "
                + "build it without -static-stdlib"
        }
        return file.needsConcurrency
            ? nil : "does not use Swift's async tasks (it does not need libswift_Concurrency.so)"
    }

    private func library() throws -> String? {
        let library = "libPoolTracePreload.so"
        return isAsked ? try OwnFolder.path(of: library, "the library to preload") : OwnFolder.find(library)
    }
}
