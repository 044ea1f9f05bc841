/// A debugger that a program is started in.
package enum Debugger: String, CaseIterable, Sendable {
    case gdb
    case lldb

    /// What starts the program in it and runs it at once, and the variables for the debugger itself, which passes them
    /// on.
    ///
    /// What is preloaded goes into the program alone.
    package func start(
        _ command: [String], _ variables: [String: String]
    ) -> (words: [String], variables: [String: String]) {
        var own = variables
        let preloaded = own.removeValue(forKey: "LD_PRELOAD")
        // The signal by which our own watchdogs ask a thread for its stack is nothing to stop at.
        switch self {
        case .gdb:
            // Without a shell, which would be preloaded too.
            var setting = ["set startup-with-shell off", "handle SIGURG nostop noprint pass"]
            if let preloaded { setting.append("set environment LD_PRELOAD \(preloaded)") }
            return (["gdb", "-q"] + (setting + ["run"]).flatMap { ["-ex", $0] } + ["--args"] + command, own)
        case .lldb:
            var setting = ["process handle --stop false --notify false --pass true SIGURG"]
            if let preloaded { setting.append("settings set target.env-vars LD_PRELOAD=\(preloaded)") }
            return (["lldb"] + (setting + ["run"]).flatMap { ["--one-line", $0] } + ["--"] + command, own)
        }
    }
}
