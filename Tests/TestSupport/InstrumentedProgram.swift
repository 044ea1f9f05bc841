/// A program of one source that ThreadSanitizer watches.
public enum InstrumentedProgram {
    /// The compiler's options for the shared runtime, which `--races` requires.
    public static let shared = ["-sanitize=thread", "-Xclang-linker", "-shared-libsan"]
    /// Those for the runtime that is part of the program.
    public static let linkedStatically = ["-sanitize=thread"]

    /// Builds a program; takes some seconds.
    ///
    /// - Parameters:
    ///   - name: Where it is put in the folder.
    ///   - options: Of the compiler.
    /// - Returns: Its path.
    public static func build(
        _ source: String, in folder: TemporaryDirectory, as name: String = "program", options: [String] = shared
    ) async throws -> String {
        // Makes the folders above the program, too.
        let file = try folder.write(source, to: "\(name).swift")
        let program = folder.path(name)
        try await Child.run(
            InstalledProgram.path("swiftc"), options + [file, "-module-name", "program", "-o", program],
            in: folder.path,
            limit: .seconds(120)
        ).requireSuccess()
        return program
    }
}
