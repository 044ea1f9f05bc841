internal import Glibc

/// Programs, as a shell finds them.
public enum SystemProgram {
    /// The path of a program: a name without a slash is looked up in `PATH`; nil if it is not there.
    public static func path(of program: String) -> String? {
        if program.contains("/") { return program }
        return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// Why a program could not be started: the system's number, as `posix_spawnp` has it.
    public static func obstacle(to program: String) -> Int32 {
        guard !program.contains("/") else { return obstacle(atPath: program) }
        let found = folders.map { obstacle(atPath: "\($0)/\(program)") }
        return found.contains(EACCES) ? EACCES : ENOENT
    }

    /// Whether there is such a program, and this user may run it.
    public static func canRun(_ program: String) -> Bool {
        let paths = program.contains("/") ? [program] : folders.map { "\($0)/\(program)" }
        return paths.contains { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    private static func obstacle(atPath path: String) -> Int32 {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno }
        guard status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else { return EACCES }
        // It is there and can be run: so what its first line names is not there.
        return ENOENT
    }

    /// Where names without a slash are looked up.
    private static var folders: [Substring] {
        (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin").split(separator: ":")
    }
}
