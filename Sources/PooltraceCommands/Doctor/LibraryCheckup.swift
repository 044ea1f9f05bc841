internal import Exploration
internal import Glibc
internal import LTTngSession

/// Whether the libraries are there that come into other programs.
enum LibraryCheckup {
    static func findings() -> [Finding] {
        let install = "tools/install --prefix ~/.local"
        var findings: [Finding] = []
        if RecordingSession.isSupported { findings.append(provider(install)) }
        let others = [
            (
                "preload", "libPoolTracePreload.so",
                "async tasks of programs that know nothing of PoolTrace are left alone"
            ),
            (
                "preloaded host", "libPoolTraceHost.so",
                "async tasks of programs that know nothing of PoolTrace are left alone"
            ),
            ("preloaded control", "libPoolTraceControl.so", "no program can be run one task at a time"),
            ("preloaded races", "libPoolTraceRaces.so", "data races between tasks are not found (--races)"),
        ]
        for (subject, library, consequence) in others {
            if let path = OwnFolder.find(library) {
                findings.append(.ok(subject, path))
            } else {
                findings.append(
                    .warning(subject, "\(library) is not beside pooltrace: \(consequence)", remedy: install))
            }
        }
        return findings
    }

    /// It is opened: what it needs itself may be missing.
    private static func provider(_ install: String) -> Finding {
        let (subject, library) = ("LTTng provider", "libPoolTraceLTTng.so")
        guard let path = OwnFolder.find(library) else {
            return .error(subject, "\(library) is not beside pooltrace: `record` does not work", remedy: install)
        }
        // Otherwise it waits for the session daemon.
        setenv("LTTNG_UST_REGISTER_TIMEOUT", "0", 1)
        guard dlopen(path, RTLD_NOW | RTLD_LOCAL) != nil else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            return .error(
                subject, "\(path) cannot be opened: \(reason)", remedy: "sudo apt-get install liblttng-ust1")
        }
        return .ok(subject, path)
    }
}
