internal import CommandSystem
internal import Exploration
internal import Glibc
internal import PoolModel

/// Where `run` and `record` keep a trace.
enum TraceDirectory {
    /// The directory that the user named, or one of its own for this run: absolute, and made with all above it.
    ///
    /// - Throws: `ExplorationError`, also where the directory is not empty: a trace is never mixed with
    ///   another.
    static func make(_ named: String?, program: String) throws -> String {
        let path = absolute(named ?? "\(defaultFolder)/\(unique(program))")
        var made = ""
        for part in path.split(separator: "/") {
            made += "/\(part)"
            if mkdir(made, 0o700) == 0 || errno == EEXIST || errno == EISDIR { continue }
            let above = made == path ? "" : ": cannot create \(made)"
            throw problem(path, "cannot be created\(above): \(String(cString: strerror(errno)))")
        }
        let entries: [String]
        do throws(SystemError) { entries = try SystemDirectory.entries(of: path) } catch {
            throw problem(path, "is not a directory: \(error.reason)")
        }
        guard entries.isEmpty else {
            throw problem(path, "is not empty; name another directory, or remove it first")
        }
        return path
    }

    /// `XDG_STATE_HOME` (XDG Base Directory Specification): what persists between runs, but is not the user's own work.
    static var defaultFolder: String {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let state = variable("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/pooltrace" }
        return (variable("HOME") ?? "/tmp") + "/.local/state/pooltrace"
    }

    /// `checker-20261122-141500-4242`.
    private static func unique(_ program: String) -> String {
        var (now, local) = (time(nil), tm())
        localtime_r(&now, &local)
        var text = [CChar](repeating: 0, count: 32)
        let length = strftime(&text, text.count, "%Y%m%d-%H%M%S", &local)
        let date = String(decoding: text.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let name = program.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
        return "\(String(name))-\(date)-\(getpid())"
    }

    /// Why nothing more can be written into a directory, in the system's words; `nil` if something can.
    ///
    /// Tried: how much room a file system has for a user it does not say.
    static func obstacle(toWritingIn directory: String) -> String? {
        // Beyond this limit the system sends a signal.
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) != 0 || limit.rlim_cur >= leastRoom else {
            return nil
        }
        let path = "\(directory)/.room-\(getpid())"
        let file = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        // One that may not be written into, or is gone, is another matter.
        guard file >= 0 else { return [ENOSPC, EDQUOT].contains(errno) ? String(cString: strerror(errno)) : nil }
        defer {
            close(file)
            unlink(path)
        }
        var problem: Int32
        repeat { problem = posix_fallocate(file, 0, leastRoom) } while problem == EINTR
        return [ENOSPC, EDQUOT].contains(problem) ? String(cString: strerror(problem)) : nil
    }

    /// What LTTng writes at a time is not less, in bytes.
    private static let leastRoom = 64 << 10

    /// The process whose run has a directory of this name; `nil` if it is not PoolTrace's name.
    static func process(ofRun name: String) -> Int32? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.suffix(3).map { $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? $0.count : 0 }
        guard parts.count > 3, !parts[0].isEmpty, numbers[0] == 8, numbers[1] == 6, numbers[2] > 0 else { return nil }
        return parts.last.flatMap { Int32($0) }
    }

    private static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard let current = getcwd(&buffer, buffer.count) else { return "/\(path)" }
        return "\(String(cString: current))/\(path)"
    }

    private static func problem(_ path: String, _ text: String) -> ExplorationError {
        ExplorationError("\(TerminalText.escape(path)) \(TerminalText.escape(text))")
    }
}
