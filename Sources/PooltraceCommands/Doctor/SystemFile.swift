internal import Glibc

/// Small questions about files, of which the kernel's are many.
enum SystemFile {
    /// The first line of a file, at most 4 KiB of it; `nil` if there is none.
    static func line(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = fread(&buffer, 1, buffer.count, file)
        return buffer.prefix(length).split(separator: UInt8(ascii: "\n")).first.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Who owns a file; `nil` if it is not there.
    static func owner(of path: String) -> uid_t? { status(of: path)?.st_uid }

    /// Whether it is a folder, and no link to one.
    static func isFolder(_ path: String) -> Bool { status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// What the kernel knows of a file itself, not of what it links to.
    static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// Whether there is such a process, of whomever.
    static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno == EPERM }

    /// The names in a folder, without `.` and `..`; none if it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes that are free for this user below a path, and of how many; `nil` if nothing is there.
    static func space(at path: String) -> (free: UInt64, all: UInt64)? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        return (UInt64(status.f_bavail) &* unit, UInt64(status.f_blocks) &* unit)
    }
}
