internal import Glibc

/// Directories: their entries, and their removal.
public enum SystemDirectory {
    /// The names in a directory, sorted, without `.` and `..`.
    public static func entries(of path: String) throws(SystemError) -> [String] {
        guard let stream = opendir(path) else { throw .last(path) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Removes a directory with everything in it, as far as the system allows; links are not followed.
    public static func remove(_ path: String) {
        for name in (try? entries(of: path)) ?? [] where unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
