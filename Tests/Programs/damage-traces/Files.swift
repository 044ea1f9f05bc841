import Glibc

enum Files {
    struct Failure: Error {
        let path: String
        let code: Int32
    }

    static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(path: path, code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw Failure(path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file, and makes the folders above it.
    static func write(_ bytes: [UInt8], _ path: String) throws {
        var file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if file < 0, errno == ENOENT {
            var folder = ""
            for part in path.split(separator: "/").dropLast() {
                folder += "/\(part)"
                mkdir(folder, 0o700)
            }
            file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        }
        guard file >= 0, bytes.isEmpty || Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw Failure(path: path, code: errno)
        }
        close(file)
    }

    /// The plain files below a folder, in order of their names; indexes are no part of a trace that is read.
    static func all(_ folder: String, below: String = "") throws -> [String] {
        guard let directory = opendir(folder + "/" + below) else { throw Failure(path: folder, code: errno) }
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") || name == "index" { continue }
            let path = below.isEmpty ? name : "\(below)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) {
                found += try all(folder, below: path)
            } else {
                found.append(path)
            }
        }
        return found.sorted()
    }
}
