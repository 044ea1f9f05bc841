internal import CommandSystem
internal import Glibc
internal import Synchronization

/// The file that the command is writing, under a name of its own: it goes if a signal ends the command.
///
/// What SIGKILL leaves goes as the next command writes to the same place.
enum UnfinishedFile {
    /// What a signal's handler has to unlink, as bits of a C string; 0: nothing.
    private static let path = Atomic<UInt>(0)
    private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    static func begin(_ temporary: String) {
        // Of the C library, which never frees them: the handler may be reading.
        path.store(UInt(bitPattern: strdup(temporary)), ordering: .sequentiallyConsistent)
        for signal in signals {
            var action = sigaction()
            guard sigaction(signal, nil, &action) == 0 else { continue }
            // One that is ignored, as under nohup, stays so.
            let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            if handler == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            action.__sigaction_handler.sa_handler = { UnfinishedFile.remove(endingBy: $0) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND) | UInt32(SA_NODEFER))
            sigaction(signal, &action, nil)
        }
    }

    /// Whatever became of the file.
    static func end() { path.store(0, ordering: .sequentiallyConsistent) }

    /// Async-signal-safe: the load of a lock-free atomic, and system calls.
    private static func remove(endingBy signal: Int32) {
        if let name = UnsafePointer<CChar>(bitPattern: path.load(ordering: .sequentiallyConsistent)) { unlink(name) }
        // The handler is gone: this ends the process as the signal does.
        raise(signal)
    }

    /// Removes `NAME.PID.part` of processes that are gone.
    static func removeLeftovers(of place: String) {
        let cut = place.lastIndex(of: "/")
        let folder = cut.map { String(place[...$0]) } ?? "."
        let prefix = place[(cut.map { place.index(after: $0) } ?? place.startIndex)...] + "."
        for name in (try? SystemDirectory.entries(of: folder)) ?? [] where name.hasPrefix(prefix) {
            let parts = name.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1] == "part", let process = Int32(parts[0]),
                process > 0, !ProcessState.isAlive(process)
            else { continue }
            unlink(cut == nil ? name : folder + name)
        }
    }
}
