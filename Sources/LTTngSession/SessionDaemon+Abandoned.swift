import Glibc

extension SessionDaemon {
    /// The folders of daemons whose shell, which was to remove them, is gone: this user's alone.
    public static func abandonedFolders() -> [String] {
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob("\(folders)??????", 0, nil, &matches) == 0, let paths = matches.gl_pathv else { return [] }
        let found = (0..<Int(matches.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
        let owned = found.filter { path in
            var status = stat()
            return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
        }
        if owned.isEmpty { return [] }
        let arguments = argumentsOfProcesses()
        return owned.filter { path in !arguments.contains(path) }
    }

    /// The words of all command lines: the shell has the folder as one of its own.
    private static func argumentsOfProcesses() -> Set<String> {
        var words: Set<String> = []
        guard let processes = opendir("/proc") else { return words }
        defer { closedir(processes) }
        while let entry = readdir(processes) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard Int32(name) != nil, let file = fopen("/proc/\(name)/cmdline", "re") else { continue }
            defer { fclose(file) }
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let length = fread(&buffer, 1, buffer.count, file)
            words.formUnion(buffer.prefix(length).split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
        }
        return words
    }
}
