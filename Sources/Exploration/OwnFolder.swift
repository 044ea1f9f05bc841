internal import CommandSystem
internal import Glibc

/// Where the command's own libraries are.
package enum OwnFolder {
    /// The paths at which a library may be, in the order in which they are tried: beside the command, and in the `lib`
    /// beside its `bin`.
    package static func candidates(_ library: String) -> [String] {
        let command = SystemFile.link("/proc/self/exe") ?? ""
        let folder = command.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        return ["\(folder)/\(library)", "\(folder)/../lib/\(library)"]
    }

    /// The first of them at which it is.
    package static func find(_ library: String) -> String? { candidates(library).first { access($0, R_OK) == 0 } }

    /// The first of them at which it is.
    ///
    /// - Parameter what: What the user calls it: `the library that pins`.
    /// - Throws: `ExplorationError` if it is at none.
    package static func path(of library: String, _ what: String) throws -> String {
        if let found = find(library) { return found }
        throw ExplorationError("cannot find \(what): expected \(candidates(library).joined(separator: " or "))")
    }
}
