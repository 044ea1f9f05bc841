import Glibc

/// Finds traces below a path, and the stream files of a trace.
enum TraceFolder {
    /// Folders nested deeper are not looked into.
    private static let deepest = 16

    /// The folders at or below a path that hold metadata, in order of their names.
    static func find(_ path: String) throws(TraceError) -> [String] {
        var status = stat()
        guard stat(path, &status) == 0 else { throw TraceError(path: path, message: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw TraceError(path: path, message: "expected a folder that holds a trace, found a file")
        }
        var found: [String] = []
        search(path, depth: 0, into: &found)
        guard !found.isEmpty else {
            throw TraceError(
                path: path, message: "expected a file named metadata in this folder or below it, found none")
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func search(_ path: String, depth: Int, into found: inout [String]) {
        let entries = entries(path)
        if entries.contains(where: { $0.name == "metadata" && !$0.isFolder }) { found.append(path) }
        guard depth < deepest else { return }
        for entry in entries where entry.isFolder { search(join(path, entry.name), depth: depth + 1, into: &found) }
    }

    /// The stream files of a trace: every plain file but metadata and those whose names begin with a dot.
    static func streamFiles(_ path: String) -> [String] {
        entries(path).filter { !$0.isFolder && $0.name != "metadata" }.map { join(path, $0.name) }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// Plain files and folders, in order of their names.
    ///
    /// Links are not followed: a trace has none, and they can go in circles.
    private static func entries(_ path: String) -> [(name: String, isFolder: Bool)] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            var type = Int32(entry.pointee.d_type)
            if type == Int32(DT_UNKNOWN) {
                var status = stat()
                guard lstat(join(path, name), &status) == 0 else { continue }
                type =
                    status.st_mode & S_IFMT == S_IFDIR
                    ? Int32(DT_DIR) : status.st_mode & S_IFMT == S_IFREG ? Int32(DT_REG) : 0
            }
            if type == Int32(DT_DIR) || type == Int32(DT_REG) { entries.append((name, type == Int32(DT_DIR))) }
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
