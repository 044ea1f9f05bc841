/// Which functions on a stack are PoolTrace's own: those between a task's body and its pool explain nothing.
///
/// They are told by the module that declares them, which is a part of a function's symbol. So it does not matter where
/// the code is: much of PoolTrace's is inlined into the program, or specialized for it, with or without a file and a
/// line. A function of the program that has the same name belongs to another module.
/// `Tests/Programs/own-frames` throws in every kind of task, and its test fails where one of these is shown.
public enum OwnFrames {
    /// The module that runs tasks, as the compiler has its name.
    private static let module = "PoolTrace"

    /// Whether a function explains nothing.
    public static func contains(_ frame: SymbolFrame) -> Bool {
        frame.swiftModule == module || isBetween(frame) || isOwnC(frame)
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
