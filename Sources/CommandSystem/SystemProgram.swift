internal import Glibc

/// Programs, as a shell finds them.
public enum SystemProgram {
    /// The path of a program: a name without a slash is looked up in `PATH`; nil if it is not there.
    public static func path(of program: String) -> String? {
        if program.contains("/") { return program }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}
