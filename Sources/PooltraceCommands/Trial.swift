import Glibc
import PoolModel
import Subprocess
import Synchronization
import SystemPackage

/// Runs of one program in the background, with what each prints kept in files: for the commands that run a program many times.
///
/// Each leads a process group of its own, which is killed as a whole when its time is over or the user presses Ctrl-C.
struct Trial: Sendable {
    /// How a run ended.
    enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        /// It took too long and was killed.
        case overtime
        /// The user wants no more.
        case interrupted
    }

    /// What runs the program, if something does: a command and its options, which become the program by exec.
    var wrapper: [String] = []
    /// The program and its arguments.
    let command: [String]
    /// The longest that a run may take.
    let limit: Duration

    /// The suffixes of the files with what a run printed.
    static let output = ".out"
    static let error = ".err"

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - variables: The variables of the environment to set.
    ///   - prefix: The path, without a suffix, of the files for what it prints.
    /// - Throws: `ProgramError` if it cannot be started.
    func run(_ variables: [String: String], output prefix: String) async throws -> Ending {
        var options = PlatformOptions()
        options.processGroupID = 0
        let words = wrapper + command
        let preload = Preload(follows: !wrapper.isEmpty)
        let variables = try preload.environment(for: command[0]).merging(variables) { $1 }
        let changes = variables.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let environment = Environment.inherit.updating(Dictionary(uniqueKeysWithValues: changes))
        let output = try Self.create(prefix + Self.output)
        let error = try Self.create(prefix + Self.error)
        let overrun = Atomic<Bool>(false)
        do {
            let result = try await Subprocess.run(
                words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
                arguments: Arguments(Array(words.dropFirst())), environment: environment, platformOptions: options,
                input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .fileDescriptor(error, closeAfterSpawningProcess: true)
            ) { execution in
                await Self.watch(execution.processIdentifier.value, limit, overrun)
            }
            if ForegroundProgram.interruption != nil { return .interrupted }
            if overrun.load(ordering: .relaxed) { return .overtime }
            switch result.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let signal): return .signalled(signal)
            }
        } catch let error as SubprocessError {
            throw ProgramError(program: words[0], code: error.underlyingError?.rawValue ?? ENOENT)
        }
    }

    /// Waits for the process, without reaping it, and ends its group when it is time.
    private static func watch(_ process: pid_t, _ limit: Duration, _ overrun: borrowing Atomic<Bool>) async {
        let deadline = ContinuousClock.now.advanced(by: limit)
        var pause = Duration.microseconds(500)
        while true {
            var information = siginfo_t()
            information.si_signo = 0
            if waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT | WNOHANG) != 0
                || information.si_signo != 0
            {
                return
            }
            if ForegroundProgram.interruption != nil || ContinuousClock.now >= deadline {
                overrun.store(true, ordering: .relaxed)
                kill(-process, SIGKILL)
                return
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    private static func create(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
    }
}

extension Trial.Ending {
    /// In words: `exits with status 1`.
    var description: String {
        switch self {
        case .exited(let code): "exits with status \(code)"
        case .signalled(let signal): "is ended by signal \(signal) (\(String(cString: strsignal(signal))))"
        case .overtime: "does not end in time"
        case .interrupted: "is interrupted"
        }
    }
}
