import Glibc

/// Where the command's own libraries are.
enum OwnFolder {
    /// The paths at which a library may be, in the order in which they are tried: beside the command, and in the `lib`
    /// beside its `bin`.
    static func candidates(_ library: String) -> [String] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let command = String(decoding: buffer.prefix(max(length, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let folder = command.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return ["\(folder)/\(library)", "\(folder)/../lib/\(library)"]
    }

    /// The first of them at which it is.
    static func find(_ library: String) -> String? { candidates(library).first { access($0, R_OK) == 0 } }
}
