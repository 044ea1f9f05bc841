/// The shell in front of whatever is to run beside a session daemon that it alone sees.
///
/// As root in a mount namespace with a `/run/lttng` of its own, as another user with a home of its own; the script that
/// follows ends the daemon by its number.
enum SessionDaemonScript {
    /// The command that runs a script, whose arguments begin at `$1`.
    static func command(_ script: String, _ arguments: [String], isRoot: Bool) -> (program: String, arguments: [String])
    {
        let shell = ["-c", start + script, "sh"] + arguments
        return isRoot ? ("/usr/bin/env", ["unshare", "--mount", "/bin/sh"] + shell) : ("/bin/sh", shell)
    }

    /// Variables that point a program at the daemon.
    static func environment(home: String) -> [String: String] {
        ["LTTNG_HOME": home, "HOME": home, "LTTNG_UST_REGISTER_TIMEOUT": "5000"]
    }

    /// Leaves the daemon's number in `$daemon`; `give_up SENTENCE` ends it and the script.
    ///
    /// `$log` is the last argument: its last line is the outcome.
    private static let start = """
        for log; do :; done
        exec 2>>"$log"
        give_up() { echo "$1" >>"$log"; [ -z "$daemon" ] || kill "$daemon"; exit 1; }
        command -v lttng-sessiond >/dev/null && command -v lttng >/dev/null || give_up "lttng-tools is not installed"
        if [ "$(id -u)" = 0 ]; then
            mkdir -p /run/lttng && mount -t tmpfs -o mode=0755 bench /run/lttng || give_up "no private /run/lttng: mount failed"
        fi
        lttng-sessiond --no-kernel </dev/null >/dev/null &
        daemon=$!
        tries=0
        until lttng --no-sessiond list >/dev/null 2>&1; do
            tries=$((tries + 1))
            [ $tries -lt 200 ] || give_up "the session daemon does not answer"
            sleep 0.05
        done

        """
}
