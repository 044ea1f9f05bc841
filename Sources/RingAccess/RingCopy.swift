internal import CEventTable
internal import CommandSystem
internal import Glibc

/// A directory that a ring is copied into: hidden under another name until it is whole.
public struct RingCopy {
    /// Where the copy is to be.
    public let folder: String
    private let hidden: String

    /// For a directory that is not there yet, or is empty.
    public init(folder: String) {
        var path = folder[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        let parent = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        self.folder = String(path)
        hidden = "\(parent).\(path.dropFirst(parent.count)).making"
    }

    /// Makes a directory for this user alone; an empty one may be there.
    public static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || (errno == EEXIST && rmdir(path) == 0 && mkdir(path, 0o700) == 0) else {
            throw notMade(path)
        }
    }

    private static func notMade(_ path: String) -> SystemError {
        errno == ENOTEMPTY || errno == EEXIST
            ? SystemError(path, "expected a new or empty directory, found one with files") : SystemError.last(path)
    }

    /// Copies a ring's metadata and packets; returns how many packets.
    @discardableResult
    public func copy(_ ring: any LiveRing) throws -> Int {
        try RingCopy.makeFolder(hidden)
        var written: [String] = []
        do {
            let moment = try RingMoment(of: ring)
            try ring.forEachSlot { name, slot in
                guard let bytes = try slot.copy(at: moment) else { return }
                written.append("\(hidden)/\(name)")
                try SystemOutput.write(bytes, toFile: "\(hidden)/\(name)", O_EXCL | O_NOFOLLOW)
            }
            // After the packets: the clock's frequency is only ever known better.
            written.append("\(hidden)/\(POOLTRACE_METADATA_NAME)")
            try SystemOutput.write(
                ring.metadata(), toFile: "\(hidden)/\(POOLTRACE_METADATA_NAME)", O_EXCL | O_NOFOLLOW)
            if rename(hidden, folder) != 0 { throw RingCopy.notMade(folder) }
        } catch {
            for path in written { unlink(path) }
            rmdir(hidden)
            throw error
        }
        return written.count - 1
    }
}
