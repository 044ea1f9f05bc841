internal import CEventTable
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

    private static func notMade(_ path: String) -> RingError {
        errno == ENOTEMPTY || errno == EEXIST
            ? RingError(path, "expected a new or empty folder, found one with files in it") : RingError.system(path)
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
                try write(bytes, to: "\(hidden)/\(name)")
            }
            // After the packets: the clock's frequency is only ever known better.
            written.append("\(hidden)/\(POOLTRACE_METADATA_NAME)")
            try write(ring.metadata(), to: "\(hidden)/\(POOLTRACE_METADATA_NAME)")
            if rename(hidden, folder) != 0 { throw RingCopy.notMade(folder) }
        } catch {
            for path in written { unlink(path) }
            rmdir(hidden)
            throw error
        }
        return written.count - 1
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw RingError.system(path) }
        defer { close(file) }
        try bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(file, buffer.baseAddress! + done, buffer.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { throw RingError.system(path) }
                done += count
            }
        }
    }
}
