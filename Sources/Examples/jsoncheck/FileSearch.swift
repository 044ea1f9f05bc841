import Glibc

/// Finds the files to check, in the order of their names, whatever order the file system lists them in.
struct FileSearch {
    /// The files found so far.
    private(set) var files: [String] = []
    /// A sentence for each directory that could not be read.
    private(set) var problems: [String] = []

    private enum Kind { case folder, file, other }

    /// Takes a file as it is, and searches a directory and those below it.
    ///
    /// Links to directories are not followed: they may form a circle.
    mutating func look(at path: String) {
        var information = stat()
        guard stat(path, &information) == 0 else { return complain(path) }
        if Self.kind(information) == .folder { search(path) } else { files.append(path) }
    }

    private mutating func search(_ top: String) {
        var folders = [top]
        while let folder = folders.popLast() {
            guard let names = Self.names(in: folder) else {
                complain(folder)
                continue
            }
            var below: [String] = []
            for name in names {
                let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
                switch Self.kind(of: path) {
                case .folder: below.append(path)
                case .file where name.hasSuffix(".json"): files.append(path)
                default: break
                }
            }
            folders += below.reversed()
        }
    }

    private mutating func complain(_ path: String) {
        problems.append("\(path): \(String(cString: strerror(errno)))")
    }

    /// What is in a directory, sorted; nil, with `errno`, if it cannot be read.
    private static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return errno == 0 ? names.sorted() : nil
    }

    private static func kind(of path: String) -> Kind {
        var information = stat()
        guard lstat(path, &information) == 0 else { return .other }
        if information.st_mode & S_IFMT != S_IFLNK { return kind(information) }
        return stat(path, &information) == 0 && kind(information) == .file ? .file : .other
    }

    private static func kind(_ information: stat) -> Kind {
        switch information.st_mode & S_IFMT {
        case S_IFDIR: .folder
        case S_IFREG: .file
        default: .other
        }
    }
}
