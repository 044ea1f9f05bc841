/// Which functions on a stack are PoolTrace's own: those between a task's body and its pool explain nothing.
///
/// They are told by the module that declares them, which is a part of a function's symbol. So it does not matter where
/// the code is: much of PoolTrace's is inlined into the program, or specialized for it, with or without a file and a
/// line. A function of the program that has the same name belongs to another module.
/// `Tests/Programs/own-frames` throws in every kind of task, and its test fails where one of these is shown.
public enum OwnFrames {
    /// The names of the modules that call the program's code, as the compiler has them.
    private static let modules: Set = ["PoolTrace", "PoolTraceAnnotations"]

    /// What the compiler calls a function that it says is inlined where a trap is, followed by the reason.
    private static let trapReason = "Swift runtime failure: "

    /// Whether a function explains nothing.
    public static func contains(_ frame: SymbolFrame) -> Bool {
        modules.contains(frame.swiftModule) || frame.function.hasPrefix(trapReason) || isBetween(frame) || isOwnC(frame)
    }

    /// Why the program traps, as one of the functions at the trap says it: `arithmetic overflow`; `nil` if none does.
    public static func trapReason(in frames: [SymbolFrame]) -> String? {
        frames.first { $0.function.hasPrefix(trapReason) }.map { String($0.function.dropFirst(trapReason.count)) }
    }

    /// Whether it is C of PoolTrace's, such as a part of a wait for a lock, or of ThreadSanitizer, which stands in for
    /// functions of the C library.
    private static func isOwnC(_ frame: SymbolFrame) -> Bool {
        frame.swiftModule.isEmpty
            && (ownLibraries.contains(frame.module) || frame.module.hasPrefix("libclang_rt.tsan")
                || frame.function.hasPrefix("pooltrace_"))
    }

    private static let ownLibraries = ["libPoolTraceControl.so", "libPoolTraceRaces.so"]

    /// Whether it is one of the functions of Swift's own that PoolTrace calls a body through.
    ///
    /// They are in Swift's libraries, or copies of them without a file.
    private static func isBetween(_ frame: SymbolFrame) -> Bool {
        guard frame.file.isEmpty else { return false }
        if frame.swiftModule == "Swift" { return swiftFunctions.contains(frame.function) }
        return frame.swiftModule.isEmpty && runtimeFunctions.contains(where: frame.function.contains)
    }

    /// By name: `ThreadPool.both` calls the first, an executor the other.
    private static let swiftFunctions: Set = ["withUnsafePointer(to:_:)", "UnownedJob.runSynchronously(on:)"]
    /// What the runtime runs a job with, in C++: parts of their symbols.
    private static let runtimeFunctions = ["runJobInEstablishedExecutorContext", "swift_job_run"]
}
