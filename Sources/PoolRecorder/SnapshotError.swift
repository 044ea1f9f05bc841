internal import Glibc

/// Why the ring was not copied.
public struct SnapshotError: Error, Equatable, CustomStringConvertible {
    /// The directory that was to be made.
    public let folder: String
    /// The system's error number; `ENODATA`: the ring is off.
    public let number: Int32

    /// A sentence with the directory and the reason.
    public var description: String {
        switch number {
        case ENODATA: "\(folder): no snapshot: the ring is off"
        case ENOTEMPTY, EEXIST: "\(folder): no snapshot: expected a new or empty directory, found one with files"
        default: "\(folder): no snapshot: \(SystemError.reason(number))"
        }
    }
}
