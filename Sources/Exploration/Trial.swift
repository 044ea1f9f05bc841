internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import Subprocess
internal import SystemPackage

/// Runs of one program in the background, with what each prints kept in files: for the commands that run a program many
/// times.
///
/// Each leads a process group of its own, which is killed as a whole when its time is over or the user presses Ctrl-C.
package struct Trial: Sendable {
    /// How a run ended.
    package enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        /// It took too long and was killed.
        case overtime
        /// The user wants no more.
        case interrupted
    }

    /// The program and its arguments.
    package let command: [String]
    /// The longest that a run may take.
    package let limit: Duration
    /// What is made the same in all runs.
    package var pinning: Pinning
    /// How many workers each pool has, instead of the program's own number.
    private let workers: Int?
    /// What finds data races between its tasks, if that is asked for.
    private let races: Races?

    /// Makes runs of a program.
    package init(
        command: [String], limit: Duration, pinning: Pinning = .none, workers: Int? = nil, races: Races? = nil
    ) {
        self.command = command
        self.limit = limit
        self.pinning = pinning
        self.workers = workers
        self.races = races
    }

    /// The suffixes of the files with what a run printed.
    package static let output = ".out"
    package static let error = ".err"

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - variables: The variables of the environment to set.
    ///   - prefix: The path, without a suffix, of the files for what it prints.
    /// - Throws: `ProgramError` if it cannot be started.
    package func run(_ variables: [String: String], output prefix: String) async throws -> Ending {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        var variables = try Preload().environment(for: command[0]).merging(variables) { $1 }
        if let workers { variables["POOLTRACE_WORKERS"] = String(workers) }
        if let races { variables = races.environment(over: variables) }
        variables = try pinning.environment(over: variables)
        let changes = variables.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let environment = Environment.inherit.updating(Dictionary(uniqueKeysWithValues: changes))
        let output = try Self.create(prefix + Self.output)
        let error = try Self.create(prefix + Self.error)
        let process = Task { [options] in
            try await Subprocess.run(
                command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0]),
                arguments: Arguments(executablePathOverride: command[0], remainingValues: Array(command.dropFirst())),
                environment: environment, platformOptions: options,
                input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .fileDescriptor(error, closeAfterSpawningProcess: true)
            ).terminationStatus
        }
        let limit = ContinuousClock.now.advanced(by: limit)
        let watch = Task {
            while ForegroundProgram.interruption == nil, ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(50))
            }
            process.cancel()
        }
        defer { watch.cancel() }
        do {
            let status = try await process.value
            if ForegroundProgram.interruption != nil { return .interrupted }
            switch status {
            case _ where process.isCancelled: return .overtime
            case .exited(let code): return .exited(code)
            case .signaled(let signal): return .signalled(signal)
            }
        } catch let error as SubprocessError {
            if process.isCancelled { return ForegroundProgram.interruption == nil ? .overtime : .interrupted }
            // The library has one word for a program that is not there and for one that cannot be run.
            let code = error.code == .executableNotFound ? nil : error.underlyingError?.rawValue
            throw ProgramError(program: command[0], code: code ?? SystemProgram.obstacle(to: command[0]))
        } catch is CancellationError {
            return ForegroundProgram.interruption == nil ? .overtime : .interrupted
        }
    }

    private static func create(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
    }
}

extension Trial.Ending {
    /// In words: `exits with status 1`.
    package var description: String {
        switch self {
        case .exited(let code): Sentences.exits(status: code)
        case .signalled(let signal): Sentences.isEnded(bySignal: signal)
        case .overtime: Sentences.doesNotEnd
        case .interrupted: Sentences.isInterrupted
        }
    }
}
