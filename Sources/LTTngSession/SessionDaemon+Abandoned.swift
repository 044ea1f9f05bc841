import CommandSystem
import Glibc

extension SessionDaemon {
    /// The directories of daemons whose shell, which was to remove them, is gone: this user's alone.
    public static func abandonedFolders() -> [String] {
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob("\(folders)??????", 0, nil, &matches) == 0, let paths = matches.gl_pathv else { return [] }
        let found = (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
        let owned = found.filter { path in
            SystemFile.isDirectory(path) && SystemFile.owner(of: path) == geteuid()
        }
        if owned.isEmpty { return [] }
        let arguments = argumentsOfProcesses()
        return owned.filter { path in !arguments.contains(path) }
    }

    /// The words of all command lines: the shell has the directory as one of its own.
    private static func argumentsOfProcesses() -> Set<String> {
        let processes = ((try? SystemDirectory.entries(of: "/proc")) ?? []).filter { Int32($0) != nil }
        return Set(processes.flatMap { SystemFile.texts("/proc/\($0)/cmdline", limit: 16 << 10) })
    }
}
