internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import PoolSymbols

/// What a program that is built with ThreadSanitizer is started with, so that data races between its tasks are found
/// while one of them runs at a time (`--races`).
///
/// Programs that the program starts inherit it as they inherit what `Pinning` gives. In those without the sanitizer the
/// library does nothing.
package struct Races: Sendable {
    /// The library that tells the sanitizer which task is which.
    private let library: String
    /// The directory with the sanitizer's runtime; `nil` if the loader finds it anyway.
    private let folder: String?

    /// Looks whether a program can be run so, and finds what that takes.
    ///
    /// - Parameter program: A path, or a name that is looked up in PATH.
    /// - Throws: `ExplorationError` with the command that builds the program as it has to be; `ProgramError` if it is
    ///   not there.
    package init(for program: String) throws {
        guard let path = SystemProgram.path(of: program), access(path, F_OK) == 0 else {
            throw ProgramError(program: program, code: SystemProgram.obstacle(to: program))
        }
        guard let file = ProgramFile(path: path), file.isSanitized else {
            throw Self.refusal(of: program, "is not built with ThreadSanitizer, which --races requires")
        }
        guard let runtime = file.sanitizerLibrary else {
            throw Self.refusal(
                of: program, "has ThreadSanitizer's runtime linked statically; --races requires the shared one")
        }
        folder = try Self.folder(of: runtime, for: file, at: path)
        library = try OwnFolder.path(of: "libPoolTraceRaces.so", "the library for data races")
    }

    /// Why a program is not run, with the command that builds it.
    private static func refusal(of program: String, _ reason: String) -> ExplorationError {
        let command = TerminalText.escape(InstrumentedBuild.command(for: program))
        return ExplorationError(
            "\(TerminalText.escape(program)) \(reason); type, in the directory of its package: \(command)")
    }

    // MARK: - Variables

    /// The sanitizer's options: it does not end the program, since the library takes its reports; it remembers as many
    /// accesses as it can; and it looks for nothing but data races.
    ///
    /// Symbols are looked up by the command: if each execution does it, there are 10 a second in place of 174. There is
    /// no `log_path`, to which the sanitizer adds the process ID: `/dev/null` would be files called `/dev/null.4711`.
    /// Where its text goes is for the library to say.
    static let options =
        "symbolize=0:exitcode=0:halt_on_error=0:report_signal_unsafe=0:report_thread_leaks=0:report_destroy_locked=0:"
        + "report_mutex_bugs=0:detect_deadlocks=0:history_size=7:atexit_sleep_ms=0"

    /// The variables that do it, on top of others.
    ///
    /// - Parameter leavesTraits: Whether tests with traits of an order run as these say, each in a process of its own.
    package func environment(
        over variables: [String: String], leavesTraits: Bool = false
    ) -> [String: String] {
        var variables = variables
        func value(_ name: String) -> String? {
            let value = variables[name] ?? getenv(name).map { String(cString: $0) }
            return value.flatMap { $0.isEmpty ? nil : $0 }
        }
        // With most layouts of memory that randomization makes, the sanitizer starts the program anew.
        Pinning.fixAddresses()
        variables["POOLTRACE_RACES"] = leavesTraits ? "traits" : "1"
        // LTTng's library does not run under ThreadSanitizer.
        variables["POOLTRACE_LTTNG"] = "off"
        variables["LD_PRELOAD"] = ([library] + [value("LD_PRELOAD")].compactMap(\.self)).joined(separator: ":")
        if let folder {
            variables["LD_LIBRARY_PATH"] = ([value("LD_LIBRARY_PATH")].compactMap(\.self) + [folder])
                .joined(separator: ":")
        }
        // What the user has set comes last, and so counts.
        variables["TSAN_OPTIONS"] = ([Self.options] + [value("TSAN_OPTIONS")].compactMap(\.self)).joined(separator: ":")
        return variables
    }

    // MARK: - The sanitizer's runtime

    /// The directory with the sanitizer's runtime, which is part of the toolchain and in no directory where the loader
    /// looks by itself; `nil` if it finds the library anyway.
    private static func folder(of library: String, for file: ProgramFile, at path: String) throws -> String? {
        func has(_ folder: String) -> Bool { access("\(folder)/\(library)", R_OK) == 0 }
        let own = Self.parent(of: SystemFile.canonicalPath(path) ?? path)
        let linked = file.libraryFolders.map { folder in
            ["$ORIGIN", "${ORIGIN}"].reduce(folder) { $0.replacing($1, with: own) }
        }
        let set = getenv("LD_LIBRARY_PATH").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
        if (linked + set).contains(where: has) { return nil }
        // usr/lib/swift/linux of the toolchain that linked the program, then the toolchain that `swift` is of.
        var toolchains = linked.filter { $0.hasSuffix("/lib/swift/linux") }.map { "\($0)/../../clang" }
        if let swift = SystemProgram.path(of: "swift").flatMap({ SystemFile.canonicalPath($0) }) {
            toolchains.append("\(parent(of: swift))/../lib/clang")
        }
        let candidates = toolchains.flatMap { clang in
            ((try? SystemDirectory.entries(of: clang)) ?? []).map { "\(clang)/\($0)/lib/linux" }
        }
        if let found = candidates.first(where: has) { return SystemFile.canonicalPath(found) ?? found }
        let tried = candidates.isEmpty ? toolchains : candidates
        throw ExplorationError(
            "cannot find \(library), ThreadSanitizer's runtime, which is part of the Swift toolchain"
                + (tried.isEmpty
                    ? "" : ": expected in " + tried.map { TerminalText.escape($0) }.joined(separator: " or "))
                + "; add its directory to LD_LIBRARY_PATH")
    }

    private static func parent(of path: String) -> String {
        path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    }
}
