internal import CommandSystem
internal import Glibc
internal import LTTngSession

/// Whether the limits of the kernel and the shell leave room.
enum KernelCheckup {
    static func findings() -> [Finding] {
        var findings = [openFiles(), fileSize(), memoryFiles()]
        if RecordingSession.isSupported { findings.append(sharedMemory()) }
        return findings + [debuggers(), crashes()]
    }

    /// Each packet of a recorded directory is a file while it is mapped, and a worker process has some of its own.
    private static func openFiles() -> Finding {
        let subject = "open files"
        let (soft, hard) = limit(RLIMIT_NOFILE)
        if soft >= 1024 { return .ok(subject, "\(text(soft)) a process") }
        let remedy = hard >= 1024 ? "ulimit -n 1024" : "sudo prlimit --pid $$ --nofile=1024"
        return soft < 128
            ? .error(subject, "only \(soft) a process: pools of processes and recordings need more", remedy: remedy)
            : .warning(subject, "\(soft) a process; large pools of processes need more", remedy: remedy)
    }

    /// Who writes beyond it is ended by SIGXFSZ, also in a file in memory.
    private static func fileSize() -> Finding {
        let subject = "file size"
        let (soft, hard) = limit(RLIMIT_FSIZE)
        if soft >= 1 << 30 { return .ok(subject, soft == .max ? "unlimited" : SizeText.of(soft)) }
        let text = "limited to \(SizeText.of(soft))"
        let remedy = hard == .max ? "ulimit -f unlimited" : "sudo prlimit --pid $$ --fsize=unlimited"
        return soft < 16 << 20
            ? .error(subject, "\(text): the ring in memory, 16 MiB, is a file as well", remedy: remedy)
            : .warning(subject, "\(text): larger rings cannot be created", remedy: remedy)
    }

    private static func memoryFiles() -> Finding {
        let subject = "memory files"
        typealias Create = @convention(c) (UnsafePointer<CChar>, UInt32) -> Int32
        // Not in Swift's Glibc module.
        guard let symbol = dlsym(nil, "memfd_create") else {
            return .error(subject, "this C library has no memfd_create", remedy: "export POOLTRACE_TRACE=trace")
        }
        let file = unsafeBitCast(symbol, to: Create.self)("pooltrace-doctor", 1)
        guard file >= 0 else {
            let reason = String(cString: strerror(errno))
            return .error(subject, "cannot be created: \(reason)", remedy: "export POOLTRACE_TRACE=trace")
        }
        close(file)
        return .ok(subject, "can be created; the ring in memory is one")
    }

    private static func sharedMemory() -> Finding {
        let (subject, folder, needed) = ("shared memory", "/dev/shm", RecordingSession.memory)
        guard let space = SystemFile.space(at: folder) else {
            return .error(
                subject, "there is no \(folder), where LTTng keeps its buffers",
                remedy: "sudo mount --mkdir -t tmpfs tmpfs \(folder)")
        }
        let text = "\(SizeText.of(space.free)) free in \(folder)"
        if space.free >= needed { return .ok(subject, "\(text); a session takes \(SizeText.of(needed)) a user") }
        return .error(
            subject, "\(text), and a session takes \(SizeText.of(needed)) a user: `record` does not work",
            remedy: "sudo mount -o remount,size=\(max(256, (space.all &+ needed) >> 20 &+ 1))M \(folder)")
    }

    private static func debuggers() -> Finding {
        let (subject, path) = ("debuggers", "/proc/sys/kernel/yama/ptrace_scope")
        switch SystemFile.line(path).flatMap({ Int($0) }) {
        case nil, 0: return .ok(subject, "may attach to your processes")
        case 1: return .ok(subject, "may attach to processes that they start (ptrace_scope 1)")
        case let scope?:
            return .warning(
                subject, "may not attach (ptrace_scope \(scope)): `replay --debugger` does not work",
                remedy: "sudo sysctl kernel.yama.ptrace_scope=1")
        }
    }

    private static func crashes() -> Finding {
        let soft = limit(RLIMIT_CORE).soft
        let pattern = SystemFile.line("/proc/sys/kernel/core_pattern") ?? "unknown"
        let core = soft == 0 ? "no core file (ulimit -c is 0)" : "core file \(pattern)"
        let backtrace = getenv("SWIFT_BACKTRACE").map { "SWIFT_BACKTRACE=\(String(cString: $0))" }
        return .ok("crashes", "\(core); Swift's backtrace \(backtrace ?? "has its default")")
    }

    private static func limit(_ resource: __rlimit_resource) -> (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return (.max, .max) }
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    private static func text(_ limit: UInt64) -> String { limit == .max ? "unlimited" : "\(limit)" }
}
