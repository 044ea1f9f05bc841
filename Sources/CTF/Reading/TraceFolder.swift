import Glibc

/// Finds traces below a path, and the stream files of a trace.
enum TraceFolder {
    /// Folders nested deeper are not looked into.
    private static let deepest = 16

    struct Found {
        /// Those that hold metadata, in order of their names.
        var folders: [String] = []
        /// Folders that cannot be read, or lack the metadata.
        var problems: [Problem] = []
        /// The first folder that cannot be read.
        var closed: TraceError?
    }

    /// Finds the traces at or below a path.
    static func find(_ path: String) throws(TraceError) -> Found {
        var status = stat()
        guard stat(path, &status) == 0 else { throw TraceError(path: path, message: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw TraceError(path: path, message: "expected the directory of a trace, found a file")
        }
        var found = Found()
        search(path, depth: 0, into: &found)
        guard !found.folders.isEmpty else {
            if let closed = found.closed { throw closed }
            throw TraceError(
                path: path, message: "expected a file named metadata in this directory or below it, found none")
        }
        found.folders.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return found
    }

    private static func search(_ path: String, depth: Int, into found: inout Found) {
        guard let entries = entries(path) else {
            let reason = String(cString: strerror(errno))
            found.closed = found.closed ?? TraceError(path: path, message: reason)
            found.problems.append(
                Problem(file: path, message: "expected a directory that can be read, found: \(reason)"))
            return
        }
        let files = entries.filter { !$0.isFolder }
        if files.contains(where: { $0.name == "metadata" }) {
            found.folders.append(path)
        } else if files.contains(where: { isStream(join(path, $0.name)) }) {
            found.problems.append(
                Problem(
                    file: join(path, "metadata"), message: "expected the metadata of stream files, found none",
                    isOfMetadata: true))
        }
        guard depth < deepest else { return }
        for entry in entries where entry.isFolder { search(join(path, entry.name), depth: depth + 1, into: &found) }
    }

    /// Whether a file begins as a packet does, in either byte order.
    private static func isStream(_ path: String) -> Bool {
        let window = PacketWindow()
        guard (try? window.load(ByteSource(file: path), from: 0, wanted: 4, copying: true)) != nil, window.count == 4
        else {
            return false
        }
        let word = window.address(0).loadUnaligned(as: UInt32.self)
        return [word, word.byteSwapped].contains(UInt32(PacketCheck.magic))
    }

    /// The stream files of a trace: every plain file but metadata and those whose names begin with a dot.
    static func streamFiles(_ path: String) -> [String] {
        (entries(path) ?? []).filter { !$0.isFolder && $0.name != "metadata" }.map { join(path, $0.name) }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// Plain files and folders, in order of their names.
    ///
    /// Links are not followed: a trace has none, and they can go in circles.
    private static func entries(_ path: String) -> [(name: String, isFolder: Bool)]? {
        guard let folder = opendir(path) else { return nil }
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
