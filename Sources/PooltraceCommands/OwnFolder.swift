import CommandSystem
import Glibc

/// Where the command's own libraries are.
enum OwnFolder {
    /// The paths at which a library may be, in the order in which they are tried: beside the command, and in the `lib`
    /// beside its `bin`.
    static func candidates(_ library: String) -> [String] {
        let command = SystemFile.link("/proc/self/exe") ?? ""
        let folder = command.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return ["\(folder)/\(library)", "\(folder)/../lib/\(library)"]
    }

    /// The first of them at which it is.
    static func find(_ library: String) -> String? { candidates(library).first { access($0, R_OK) == 0 } }
}
