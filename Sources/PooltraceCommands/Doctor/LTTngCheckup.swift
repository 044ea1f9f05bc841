internal import CommandSystem
internal import Glibc
internal import LTTngSession
internal import PoolModel
internal import Subprocess
internal import SystemPackage

/// Whether `pooltrace record` finds what it needs of LTTng.
enum LTTngCheckup {
    static func findings() async -> [Finding] {
        guard RecordingSession.isSupported else {
            return [
                .warning(
                    "LTTng", "this pooltrace was built without it: `run` works, `record` does not",
                    remedy: "tools/install --prefix ~/.local")
            ]
        }
        return [await program(), daemon(), permission(), sessions(), abandonedFolders()]
    }

    private static func program() async -> Finding {
        let subject = "lttng-sessiond"
        guard let path = SessionDaemon.program else {
            return .warning(
                subject, "is not in PATH: `run` works, `record` does not", remedy: "sudo apt-get install lttng-tools")
        }
        let result = try? await Subprocess.run(
            .path(FilePath(path)), arguments: ["--version"], output: .string(limit: 4096), error: .discarded)
        guard let version = result?.standardOutput.split(whereSeparator: \.isWhitespace).first else {
            return .error(
                subject, "cannot determine the version of \(path)",
                remedy: "sudo apt-get install --reinstall lttng-tools")
        }
        let numbers = version.split(separator: ".").compactMap { Int($0) }
        guard !numbers.lexicographicallyPrecedes([2, 13]) else {
            return .warning(
                subject, "\(path) is version \(version); 2.13 or later is required",
                remedy: "sudo apt-get install lttng-tools")
        }
        return .ok(subject, "\(path), version \(version), which writes \(format(ofVersion: numbers))")
    }

    /// The format that a session daemon writes which is started from here.
    private static func format(ofVersion version: [Int]) -> String {
        if version.lexicographicallyPrecedes([2, 15]) { return "CTF 1.8" }
        let chosen = getenv("LTTNG_SESSIOND_DEFAULT_TRACE_FORMAT").map { String(cString: $0) }
        return chosen == "ctf-1.8" ? "CTF 1.8" : "CTF 2"
    }

    private static func daemon() -> Finding {
        let subject = "session daemon"
        guard SessionDaemon.isRunning else {
            return .ok(subject, "not running; `pooltrace record` starts one for each recording")
        }
        let files = ["\(home)/.lttng/lttng-sessiond.pid", "/run/lttng/lttng-sessiond.pid"]
        // Each user's daemon writes its number there; the one for whom this user may not ask is not the one that
        // answers.
        let process = (geteuid() == 0 ? files.reversed() : files).lazy
            .compactMap { SystemFile.line($0).flatMap { Int32($0) } }.first { ProcessState.isAlive($0) }
        guard let process else { return .ok(subject, "running, and used") }
        let owner = SystemFile.owner(of: "/proc/\(process)") == geteuid() ? "your own" : "the system's"
        return .ok(subject, "process \(process), \(owner), is used")
    }

    private static func permission() -> Finding {
        let subject = "LTTng access"
        if geteuid() == 0 { return .ok(subject, "running as root") }
        let folder = "\(home)/.lttng"
        if access(folder, F_OK) == 0, access(folder, R_OK | W_OK | X_OK) != 0 || !SystemFile.isDirectory(folder) {
            return .error(
                subject, "\(folder) cannot be written: programs cannot reach your own session daemon",
                remedy: "sudo chown -R $USER \(ShellWord.quoted(folder)) && chmod u+rwx \(ShellWord.quoted(folder))")
        }
        let socket = "/run/lttng/client-lttng-sessiond"
        if access(socket, F_OK) == 0, access(socket, R_OK | W_OK) != 0 {
            return .warning(
                subject, "the system's session daemon is only for root and the group tracing; a private one is used",
                remedy: "sudo usermod --append --groups tracing $USER")
        }
        return .ok(subject, "\(folder) is yours")
    }

    private static func sessions() -> Finding {
        let subject = "stale sessions"
        guard SessionDaemon.isRunning else { return .ok(subject, "none; there is no session daemon") }
        do {
            let names = try RecordingSession.stale()
            if names.isEmpty { return .ok(subject, "none") }
            return .warning(
                subject, "the `pooltrace record` that created \(names.joined(separator: ", ")) has died",
                remedy: names.map { "lttng destroy \(ShellWord.quoted($0))" }.joined(separator: "; "))
        } catch {
            return .error(subject, "\(error)", remedy: "lttng list")
        }
    }

    private static func abandonedFolders() -> Finding {
        let subject = "stale daemons"
        let folders = SessionDaemon.abandonedFolders()
        if folders.isEmpty { return .ok(subject, "none") }
        return .warning(
            subject, "directories of session daemons that have ended: \(folders.joined(separator: ", "))",
            remedy: "rm -r \(folders.map { ShellWord.quoted($0) }.joined(separator: " "))")
    }

    /// As LTTng chooses it.
    private static var home: String {
        let variables = ["LTTNG_HOME", "HOME"]
        return variables.lazy.compactMap { name in getenv(name).map { String(cString: $0) } }.first ?? "/"
    }
}
