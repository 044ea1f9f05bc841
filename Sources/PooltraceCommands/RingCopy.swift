internal import CEventTable
internal import CommandSystem
internal import Glibc

/// A folder that a ring is copied into: hidden under another name until it is whole.
struct RingCopy {
    let folder: String
    private let hidden: String

    /// For a folder that is not there yet, or is empty.
    init(folder: String) {
        var path = folder[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        let parent = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        self.folder = String(path)
        hidden = "\(parent).\(path.dropFirst(parent.count)).making"
    }

    /// Makes a folder for this user alone; an empty one may be there.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || (errno == EEXIST && rmdir(path) == 0 && mkdir(path, 0o700) == 0) else {
            throw notMade(path)
        }
    }

    private static func notMade(_ path: String) -> SystemError {
        errno == ENOTEMPTY || errno == EEXIST
            ? SystemError(path, "expected a new or empty folder, found one with files in it") : SystemError.last(path)
    }

    /// Copies a ring's metadata and packets; returns how many packets.
    ///
    /// - Parameters:
    ///   - moment: The moment at which the copy ends; now, unless it was taken before.
    ///   - isWanted: Which packets are copied, by their names.
    @discardableResult
    func copy(_ ring: some LiveRing, at moment: RingMoment? = nil, where isWanted: (String) -> Bool = { _ in true })
        throws -> Int
    {
        try RingCopy.makeFolder(hidden)
        var written: [String] = []
        do {
            let moment = try moment ?? RingMoment(of: ring)
            try ring.forEachSlot { name, slot in
                guard isWanted(name), let bytes = try slot.copy(at: moment) else { return }
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
