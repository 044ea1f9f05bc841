import CommandSystem
import Glibc

/// A private session daemon, for the time of one recording.
///
/// A shell stands between this process and the daemon, and reads from a pipe whose other end only this process holds.
/// When `stop` closes that end, or this process dies of whatever cause, the shell sees the end of the file, ends the
/// daemon, waits for it, and removes its folder. The parent-death signal would not do: it comes when the *thread* that
/// started the child ends.
public final class SessionDaemon {
    /// Whether a session daemon answers: the system's, the user's, or our own.
    public static var isRunning: Bool { Control.daemonAnswers }

    /// The path of the daemon's program; `nil` if it is not in `PATH`.
    public static var program: String? { SystemProgram.path(of: "lttng-sessiond") }

    /// What the names of the daemons' directories begin with.
    static let folders = "/tmp/pooltrace-lttng-"

    private let shell: pid_t
    private let pipe: Int32

    /// Starts a daemon that this process and its children talk to, and waits until it answers.
    ///
    /// As another user than root it lives in a folder of its own, for which it sets `LTTNG_HOME` in this process: call
    /// it before there are other threads. As root it lives in /run/lttng: see `PrivateRunDirectory`.
    public init() throws {
        guard let program = Self.program else {
            throw LTTngError("lttng-sessiond is not installed; type: sudo apt-get install lttng-tools")
        }
        var folder = Array("\(Self.folders)XXXXXX".utf8CString)
        guard mkdtemp(&folder) != nil else {
            throw LTTngError(
                "cannot create a directory \(Self.folders)... for the session daemon: \(String(cString: strerror(errno)))"
            )
        }
        let home = String(decoding: folder.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if geteuid() != 0 { setenv("LTTNG_HOME", home, 1) }
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else {
            rmdir(home)
            throw LTTngError("cannot create a pipe for the session daemon: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipe = ends[1]
        defer { close(ends[0]) }
        do {
            shell = try Self.spawn(["/bin/sh", "-c", Self.script, "sh", program, home], input: ends[0])
        } catch {
            close(pipe)
            rmdir(home)
            throw error
        }
        do { try waitUntilRunning(log: "\(home)/log") } catch {
            stop()
            throw error
        }
    }

    /// Ends the daemon and waits until it is gone.
    public func stop() {
        close(pipe)
        while waitpid(shell, nil, 0) < 0, errno == EINTR {}
    }

    /// LTTng offers nothing to wait for but the answer itself.
    private func waitUntilRunning(log: String) throws {
        for _ in 0..<2000 {
            if Self.isRunning { return }
            usleep(5000)
        }
        throw LTTngError("lttng-sessiond did not answer within 10 seconds; its output: \(Self.end(of: log))")
    }

    /// Arguments: the daemon, and its directory.
    private static let script = """
        HOME=$2 LTTNG_HOME=$2 "$1" --no-kernel </dev/null >"$2/log" 2>&1 &
        daemon=$!
        read -r _
        kill "$daemon"
        wait "$daemon"
        rm -rf "$2"
        """
}

// MARK: - Starting

extension SessionDaemon {
    /// Starts a child in a process group of its own, so that Ctrl-C at the terminal does not end it before the session
    /// is over.
    private static func spawn(_ words: [String], input: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        // This may be a thread of Swift's pool, which blocks all signals; the daemon is ended by one.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw LTTngError("could not start \(words[0]): \(String(cString: strerror(code)))") }
        return pid
    }

    private static func end(of path: String) -> String {
        guard let bytes = try? SystemFile.read(path, limit: 4096) else { return "nothing" }
        return String(decoding: bytes.suffix(400), as: UTF8.self)
    }
}
