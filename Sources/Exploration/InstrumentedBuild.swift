internal import CommandSystem
internal import Glibc
internal import PoolModel
internal import PoolSymbols
internal import Subprocess
internal import SystemPackage

/// A build of the package in the current directory as `--races` requires it: with ThreadSanitizer's instrumentation,
/// and with its runtime as a library, which what is preloaded can stand in front of.
package struct InstrumentedBuild: Sendable {
    /// Where it is built, apart from builds without instrumentation.
    package static let folder = ".build-races"
    /// The file that a build leaves there whose compiler does not check the code that it makes.
    ///
    /// It holds the names of the modules that the compiler would reject. The next build goes without the check at once:
    /// with other options everything is compiled again.
    private static let uncheckedFile = "\(folder)/unchecked-modules"

    private let product: String?
    private let buildsTests: Bool
    private let arguments: [String]
    /// Whether the compiler checks the code that it makes for LLVM, as it does unless told otherwise.
    package private(set) var isChecked: Bool

    /// Makes a build.
    ///
    /// - Parameters:
    ///   - product: The only product that is built, or all.
    ///   - buildsTests: Whether the package's tests are built, too.
    ///   - arguments: More arguments of `swift build`.
    package init(product: String?, buildsTests: Bool, arguments: [String]) {
        self.product = product
        self.buildsTests = buildsTests
        self.arguments = arguments
        isChecked = access(Self.uncheckedFile, F_OK) != 0
    }

    /// The same in which the compiler does not check its code, which it would reject in some modules.
    ///
    /// - Throws: `SystemError` if that cannot be noted for the next time.
    package func unchecked(_ crashes: [CompilerCrash]) throws -> InstrumentedBuild {
        let text = crashes.map { $0.title + "\n" }.joined()
        try SystemOutput.write(Array(text.utf8), toFile: Self.uncheckedFile, O_TRUNC)
        var build = self
        build.isChecked = false
        return build
    }

    /// The command, with its arguments.
    package var command: [String] {
        func compiler(_ words: String...) -> [String] { words.flatMap { ["-Xswiftc", $0] } }
        var words = ["swift", "build", "--sanitize=thread"] + compiler("-Xclang-linker", "-shared-libsan")
        if !isChecked { words += compiler("-Xfrontend", "-disable-llvm-verify") }
        words += ["--scratch-path", Self.folder]
        if buildsTests { words.append("--build-tests") }
        if let product { words += ["--product", product] }
        return words + arguments
    }

    /// The command that builds a program that was built in another way, as far as its path tells.
    static func command(for program: String) -> String {
        let words = ["pooltrace", "build"]
        if program.hasSuffix(".xctest") { return ShellWord.commandLine(words + ["--tests"]) }
        let isProduct = program.split(separator: "/").contains { $0.hasPrefix(".build") }
        return ShellWord.commandLine(words + (isProduct ? ["--product", ProgramName.of([program])] : []))
    }
}

// MARK: - Running

extension InstrumentedBuild {
    /// How a build ended.
    package struct Outcome: Sendable {
        package let status: ForegroundProgram.Status
        /// The crashes of the compiler; what was printed from the first of them on is in `rest`.
        package let crashes: [CompilerCrash]
        /// What was not shown.
        package let rest: [UInt8]

        /// Whether the same build goes well if the compiler does not check its code.
        package var isCuredByUnchecked: Bool { !crashes.isEmpty && crashes.allSatisfy(\.isHarmless) }
    }

    /// Runs the build.
    ///
    /// - Parameter show: Takes what it prints, up to a crash of the compiler, of which hundreds of lines are printed.
    /// - Throws: `ProgramError` if there is no `swift`.
    package func run(_ show: @escaping @Sendable ([UInt8]) -> Void) async throws -> Outcome {
        if let signal = ForegroundProgram.interruption {
            return Outcome(status: .signalled(signal), crashes: [], rest: [])
        }
        let (status, output) = try await Self.start(command, show)
        return Outcome(status: status, crashes: output.crashes, rest: output.rest)
    }

    /// The programs that were built, or with tests the bundle of these, each as it is started: paths from here.
    package func programs() async throws -> [[String]] {
        let (_, output) = try await Self.start(command + ["--show-bin-path"]) { _ in }
        guard let line = output.bytes.split(separator: UInt8(ascii: "\n")).last else { return [] }
        let bin = String(decoding: line, as: UTF8.self)
        // SwiftPM makes a link without the name of the platform.
        let short = "\(Self.folder)/\(ProgramName.of([bin]))"
        let folder = SystemFile.canonicalPath(short) == SystemFile.canonicalPath(bin) ? short : bin
        let names = ((try? SystemDirectory.entries(of: folder)) ?? []).filter { name in
            let path = "\(folder)/\(name)"
            return !name.hasSuffix(".so") && access(path, X_OK) == 0 && (product == nil || name == product)
                && ProgramFile(path: path)?.sanitizerLibrary != nil
        }
        let bundles = names.filter { $0.hasSuffix(".xctest") }.map {
            ["\(folder)/\($0)", "--testing-library", "swift-testing"]
        }
        return buildsTests ? bundles : names.filter { !$0.hasSuffix(".xctest") }.map { ["\(folder)/\($0)"] }
    }

    /// Runs a command whose output, also that for errors, goes to a function.
    private static func start(
        _ command: [String], _ show: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> (ForegroundProgram.Status, BuildOutput) {
        var options = PlatformOptions()
        // At this signal, as at Ctrl-C, it ends its compilers too.
        options.teardownSequence = [.send(signal: .interrupt, allowedDurationToNextStep: .seconds(5))]
        let process = Task { [options] in
            let result = try await Subprocess.run(
                .name(command[0]), arguments: Arguments(Array(command.dropFirst())), platformOptions: options,
                input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                var output = BuildOutput()
                for try await buffer in execution.standardOutput {
                    show(output.take(buffer.withUnsafeBytes { Array($0) }))
                }
                return output
            }
            return (result.terminationStatus, result.closureResult)
        }
        // At the terminal Ctrl-C goes to the build, too; another signal comes to this process alone.
        let watch = Task {
            while ForegroundProgram.interruption == nil { try await Task.sleep(for: .milliseconds(50)) }
            process.cancel()
        }
        defer { watch.cancel() }
        do {
            let (status, output) = try await process.value
            if let signal = ForegroundProgram.interruption { return (.signalled(signal), output) }
            switch status {
            case .exited(let code): return (.exited(code), output)
            case .signaled(let signal): return (.signalled(signal), output)
            }
        } catch let error as SubprocessError {
            if let signal = ForegroundProgram.interruption { return (.signalled(signal), BuildOutput()) }
            let code = error.code == .executableNotFound ? nil : error.underlyingError?.rawValue
            throw ProgramError(program: command[0], code: code ?? SystemProgram.obstacle(to: command[0]))
        } catch is CancellationError {
            return (.signalled(ForegroundProgram.interruption ?? SIGTERM), BuildOutput())
        }
    }
}
