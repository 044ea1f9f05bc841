import Foundation

/// Where the runs of a test leave what they do, in the directory for temporary files.
struct RunFolder: Sendable {
    let path: String

    /// Makes a new one.
    ///
    /// - Throws: `POSIXError`.
    init() throws {
        let pattern = FileManager.default.temporaryDirectory.appendingPathComponent("pooltrace-test-XXXXXX").path
        guard var name = pattern.cString(using: .utf8), mkdtemp(&name) != nil else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        path = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? pattern }
    }

    /// Removes it where no run has left anything.
    func removeIfEmpty() { rmdir(path) }
}
