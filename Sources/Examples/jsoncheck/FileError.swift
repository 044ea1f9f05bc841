import Glibc

/// Why a file was not looked into.
enum FileError: Error, Equatable, CustomStringConvertible {
    case unreadable(String, code: Int32)
    case notAFile(String)
    case tooBig(String, size: Int, limit: Int)

    var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path): cannot be read: \(String(cString: strerror(code)))"
        case .notAFile(let path): "\(path): expected a regular file, found something else"
        case .tooBig(let path, let size, let limit): "\(path): expected at most \(limit) bytes, found \(size)"
        }
    }
}
