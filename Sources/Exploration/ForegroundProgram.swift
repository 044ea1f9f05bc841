internal import Glibc
internal import Synchronization

/// The user's program, run as a shell would run it: in the foreground, with this process's terminal, directory and
/// descriptors.
///
/// Signals, and the races among them:
/// - Ctrl-C at the terminal goes to the whole foreground process group, so the program has it already; a signal that
///   another process sends to this one alone is sent on. The kernel marks its own signals (`SI_KERNEL`), which tells
///   the two apart.
/// - A signal that comes before the program runs is noted, and `run` does not start it, or sends the signal on once it
///   has.
/// - The program's number stays taken until it is reaped. The wait leaves it unreaped, the handlers forget the number,
///   and only then is it reaped: no signal goes to a stranger that got the same number.
/// - A signal that is ignored on entry (nohup, a shell's background) stays ignored, here and in the program.
///
/// This is not done through the subprocess library: that waits on threads of its own, takes no part in job control, and
/// cannot know who sent a signal.
package enum ForegroundProgram {
    /// How the program ended.
    package enum Status: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)

        /// What a shell would report: the status itself, or 128 and the signal's number.
        package var exitCode: Int32 {
            switch self {
            case .exited(let code): code
            case .signalled(let signal): 128 &+ signal
            }
        }
    }

    /// The program's number while it runs, else 0; read by signal handlers.
    private static let running = Atomic<Int32>(0)
    /// The last signal that came while no program ran; 0: none.
    private static let noted = Atomic<Int32>(0)

    private static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// The signal that asked this process to end while no program ran, if one did.
    package static var interruption: Int32? {
        let signal = noted.load(ordering: .sequentiallyConsistent)
        return signal == 0 ? nil : signal
    }

    /// From here on signals that would end this process are noted, or sent on to the program, so that it can clean up.
    package static func holdSignals() {
        // The handler must not be the first to touch these: Swift makes globals when they are first used.
        running.store(0, ordering: .sequentiallyConsistent)
        noted.store(0, ordering: .sequentiallyConsistent)
        for signal in forwarded {
            var action = sigaction()
            guard sigaction(signal, nil, &action) == 0 else { continue }
            let ignored =
                unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
            if ignored { continue }
            action.__sigaction_handler.sa_sigaction = { signal, information, _ in
                ForegroundProgram.handle(signal, fromKernel: information?.pointee.si_code == 0x80)
            }
            action.sa_flags = SA_SIGINFO | SA_RESTART
            sigaction(signal, &action, nil)
        }
    }

    /// Async-signal-safe: loads and stores of lock-free atomics, and kill.
    private static func handle(_ signal: Int32, fromKernel: Bool) {
        let program = running.load(ordering: .sequentiallyConsistent)
        if program == 0 {
            noted.store(signal, ordering: .sequentiallyConsistent)
        } else if !fromKernel {
            kill(program, signal)
        }
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - words: The program, a path or a name that is looked up in PATH, and its arguments.
    ///   - environment: Variables to set.
    /// - Throws: `ProgramError` if it cannot be started.
    package static func run(_ words: [String], environment: [String: String]) throws -> Status {
        if let signal = interruption { return .signalled(signal) }
        let program = try spawn(words, environment: environment)
        running.store(program, ordering: .sequentiallyConsistent)
        if let signal = interruption { kill(program, signal) }
        var information = siginfo_t()
        while waitid(P_PID, id_t(program), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        running.store(0, ordering: .sequentiallyConsistent)
        var status: Int32 = 0
        while waitpid(program, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }

    private static func spawn(_ words: [String], environment: [String: String]) throws -> pid_t {
        var arguments = words.map { strdup($0) } + [nil]
        var variables = merged(environment).map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A child keeps the signal mask of the thread that starts it, and Swift's pool blocks all signals in its
        // threads.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var program: pid_t = 0
        let code = posix_spawnp(&program, words[0], nil, &attributes, &arguments, &variables)
        guard code == 0 else { throw ProgramError(program: words[0], code: code) }
        return program
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let text = next.pointee {
            let variable = String(cString: text)
            if changes[String(variable.prefix { $0 != "=" })] == nil { variables.append(variable) }
            next += 1
        }
        return variables + changes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
}
