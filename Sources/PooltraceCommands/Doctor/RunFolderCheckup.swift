internal import CommandSystem
internal import Glibc
internal import PoolModel

/// Whether runs can be kept in the directory for them, and what lies there.
enum RunFolderCheckup {
    static func findings(days: Int) -> [Finding] {
        let folder = TraceDirectory.defaultFolder
        guard access(folder, F_OK) == 0 else { return [folderToBeMade(folder), space(folder)] }
        return [existing(folder), space(folder), oldRuns(folder, days)]
    }

    private static let subject = "kept runs"

    private static func existing(_ folder: String) -> Finding {
        let quoted = ShellWord.quoted(folder)
        guard SystemFile.isDirectory(folder) || SystemFile.isDirectory("\(folder)/.") else {
            return .error(subject, "\(folder) is not a directory", remedy: "mv \(quoted) \(quoted).old")
        }
        guard access(folder, R_OK | W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno))
            return .error(
                subject, "\(folder) cannot be used: \(reason)",
                remedy: "sudo chown $USER \(quoted) && chmod u+rwx \(quoted)")
        }
        return .ok(subject, folder)
    }

    private static func folderToBeMade(_ folder: String) -> Finding {
        let parent = existingParent(of: folder)
        guard access(parent, W_OK | X_OK) == 0, SystemFile.isDirectory("\(parent)/.") else {
            return .error(
                subject, "\(folder) cannot be created: \(parent) is not writable",
                remedy: "export XDG_STATE_HOME=/tmp/state")
        }
        return .ok(subject, "\(folder), created by the first run")
    }

    private static func space(_ folder: String) -> Finding {
        let (subject, parent) = ("disk space", existingParent(of: folder))
        guard let space = SystemFile.space(at: parent) else {
            return .error(subject, "of \(parent) is unknown", remedy: "df \(ShellWord.quoted(parent))")
        }
        let text = "\(SizeText.of(space.free)) free below \(parent)"
        if space.free >= 1 << 30 { return .ok(subject, text) }
        let remedy = "pooltrace doctor --prune --days 0"
        return space.free < 64 << 20
            ? .error(subject, text, remedy: remedy)
            : .warning(subject, "\(text); a run takes up to 1 GiB", remedy: remedy)
    }

    private static func oldRuns(_ folder: String, _ days: Int) -> Finding {
        let subject = "old runs"
        let runs = RecordedRun.old(in: folder, days: days)
        if runs.isEmpty { return .ok(subject, "none older than \(days) days") }
        let size = SizeText.of(runs.reduce(0) { $0 &+ $1.size })
        return .warning(
            subject, "\(runs.count) older than \(days) days, \(size)",
            remedy: "pooltrace doctor --prune" + (days == 30 ? "" : " --days \(days)"))
    }

    private static func existingParent(of path: String) -> String {
        var path = path
        while access(path, F_OK) != 0, let slash = path.lastIndex(of: "/"), path.count > 1 {
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }
}
