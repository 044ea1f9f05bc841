import CommandSystem
import Glibc

/// A private /run/lttng, as root.
///
/// Root's session daemon lives in /run/lttng, where every program of the machine looks for one. Ours is for one
/// recording only, so the process goes on in a mount namespace in which that directory is an empty file system. A
/// namespace belongs to a thread and its later children; the way to give it to a whole process is to start it again
/// inside: `enter` replaces the process, keeping its number.
public enum PrivateRunDirectory {
    private static let directory = "/run/lttng"
    private static let label = "pooltrace"

    /// Whether `enter` is needed and possible: as root, outside, where mount namespaces are allowed.
    public static var canEnter: Bool {
        geteuid() == 0 && !isInside && status(of: ["unshare", "--mount", "true"]) == 0
    }

    /// Runs this process's program again inside, with the same arguments; returns only to throw.
    ///
    /// - Parameter arguments: The process's arguments with its name, as they came.
    public static func enter(arguments: [String]) throws -> Never {
        mkdir(directory, 0o755)
        let program = SystemFile.link("/proc/self/exe") ?? ""
        // Mounts that others make meanwhile stay visible: slave, not private.
        let script = "mount -t tmpfs -o mode=0755 \(label) \(directory) && exec \"$@\""
        let words =
            ["unshare", "--mount", "--propagation", "slave", "/bin/sh", "-c", script, "sh", program]
            + arguments.dropFirst()
        var copies = words.map { strdup($0) } + [nil]
        // A program keeps the signal mask of the thread that starts it, and Swift's pool blocks all signals in its
        // threads.
        var (none, previous) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &previous)
        execvp(words[0], &copies)
        let reason = String(cString: strerror(errno))
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        for copy in copies { free(copy) }
        throw LTTngError("could not start `unshare`, to give the session daemon a \(directory) of its own: \(reason)")
    }

    private static var isInside: Bool {
        let mounts = (try? SystemFile.read("/proc/self/mounts", limit: 1 << 20)) ?? []
        return mounts.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "\(label) \(directory) ".utf8) }
    }

    private static func status(of words: [String]) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var (pid, status): (pid_t, Int32) = (0, 0)
        guard posix_spawnp(&pid, words[0], &actions, nil, &arguments, environ) == 0 else { return nil }
        while waitpid(pid, &status, 0) < 0 { guard errno == EINTR else { return nil } }
        return status
    }
}
