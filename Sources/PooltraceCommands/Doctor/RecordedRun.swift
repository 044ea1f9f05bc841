internal import CommandSystem
internal import Glibc

/// A run that pooltrace keeps in a directory that it named itself.
struct RecordedRun {
    let path: String
    /// How long ago anything in it has changed.
    let days: Int
    /// What it takes of the disk.
    let size: UInt64

    /// The runs of a directory that are older than some days, oldest first.
    ///
    /// Only what `TraceDirectory` has named, only this user's, and never of a process that may still run: what records
    /// into mapped files for weeks need not touch the directory.
    static func old(in folder: String, days: Int) -> [RecordedRun] {
        let now = time(nil)
        return ((try? SystemDirectory.entries(of: folder)) ?? []).compactMap { name -> RecordedRun? in
            let path = "\(folder)/\(name)"
            guard let process = TraceDirectory.process(ofRun: name), !ProcessState.isAlive(process),
                let status = SystemFile.status(of: path), status.st_mode & S_IFMT == S_IFDIR,
                status.st_uid == geteuid()
            else { return nil }
            let (newest, size) = measure(path, depth: 0)
            let age = max(0, now - newest) / 86_400
            return age >= days ? RecordedRun(path: path, days: age, size: size) : nil
        }.sorted { ($0.days, $1.path) > ($1.days, $0.path) }
    }

    /// Removes it with everything in it.
    func remove() { SystemDirectory.remove(path) }

    /// When anything in it was changed last, and what it takes of the disk; links are not followed.
    private static func measure(_ path: String, depth: Int) -> (newest: time_t, size: UInt64) {
        guard let status = SystemFile.status(of: path) else { return (0, 0) }
        var result = (newest: status.st_mtim.tv_sec, size: UInt64(clamping: status.st_blocks) &* 512)
        // An LTTng trace is five deep.
        guard status.st_mode & S_IFMT == S_IFDIR, depth < 16 else { return result }
        for name in (try? SystemDirectory.entries(of: path)) ?? [] {
            let below = measure("\(path)/\(name)", depth: depth + 1)
            result = (max(result.newest, below.newest), result.size &+ below.size)
        }
        return result
    }
}
