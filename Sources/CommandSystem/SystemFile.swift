public import Glibc

/// Small questions about files, of which the kernel's are many.
public enum SystemFile {
    /// The bytes of a file from its beginning, at most `limit`; a pipe may stand for a file.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 1 << 16))
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last(path) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// The last bytes of a file, at most `limit`, and whether they are all of it.
    public static func end(of path: String, limit: Int) throws(SystemError) -> (bytes: [UInt8], isWhole: Bool) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let start = max(0, lseek(descriptor, 0, SEEK_END) - off_t(limit))
        let count = pread(descriptor, &bytes, limit, start)
        guard count >= 0 else { throw .last(path) }
        return (Array(bytes.prefix(count)), start == 0)
    }

    /// The first line of a file, at most 4 KiB of it; nil if there is none.
    public static func line(_ path: String) -> String? {
        (try? read(path, limit: 4096))?.split(separator: UInt8(ascii: "\n")).first.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The texts that a file holds, each with a zero behind it, as those of `/proc` on a process; none if it cannot be
    /// read.
    public static func texts(_ path: String, limit: Int) -> [String] {
        ((try? read(path, limit: limit)) ?? []).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// How many bytes a file has, or the one that a link leads to; nil if it is not there.
    public static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The absolute path of a file, without symbolic links; nil if it is not there.
    public static func canonicalPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Who owns a file; nil if it is not there.
    public static func owner(of path: String) -> uid_t? { status(of: path)?.st_uid }

    /// Whether it is a directory, and no link to one.
    public static func isDirectory(_ path: String) -> Bool {
        status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// What the kernel knows of a file itself, not of what it links to; nil if it is not there.
    public static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// The path that a symbolic link holds, at most `PATH_MAX` of it; nil if it is not one.
    public static func link(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = buffer.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, $0.count) }
        return length < 0 ? nil : String(decoding: buffer.prefix(length), as: UTF8.self)
    }

    /// The bytes that are free for this user below a path, and of how many; nil if nothing is there.
    public static func space(at path: String) -> (free: UInt64, all: UInt64)? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        return (UInt64(status.f_bavail) &* unit, UInt64(status.f_blocks) &* unit)
    }
}
