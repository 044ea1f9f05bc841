internal import ArgumentParser
internal import Exploration
internal import PoolModel

/// `pooltrace build`: builds a package for `--races`.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build a package with ThreadSanitizer, for --races.",
        usage: "pooltrace build [<options>] [-- <swift build arguments> ...]",
        discussion: """
            Prints a `swift build` command, and runs it in the current directory. It builds the package, which needs no change, \
            with ThreadSanitizer's instrumentation and its shared runtime, in .build-races, beside your other builds. Then it prints \
            the commands that run what was built.

            Some modules cannot be compiled with instrumentation, because the compiler crashes. Where that does not matter the package is \
            built all the same; otherwise the module is named.

            \(ExitTable.build)

            EXAMPLES:
              pooltrace build
              pooltrace build --product checker -- --configuration release
              pooltrace build --tests
              pooltrace run --races -- .build-races/debug/checker data
            """)

    @Flag(help: "Also build the package's tests.")
    var tests = false

    @Option(help: ArgumentHelp("Build only this product and what it depends on.", valueName: "name"))
    var product: String?

    @Argument(parsing: .postTerminator, help: "More arguments for swift build.")
    var arguments: [String] = []

    func validate() throws {
        if tests, product != nil { throw ValidationError("'--tests' and '--product' are mutually exclusive") }
    }

    func run() async throws {
        ForegroundProgram.holdSignals()
        try await Recording.exit { notice in
            var build = InstrumentedBuild(product: product, buildsTests: tests, arguments: arguments)
            var outcome = try await run(build, notice)
            if build.isChecked, outcome.isCuredByUnchecked {
                for crash in outcome.crashes { notice.say("\(TerminalText.escape(crash.title)): \(Self.unchecked)") }
                build = try build.unchecked(outcome.crashes)
                outcome = try await run(build, notice)
            }
            outcome.rest.withUnsafeBytes { StandardOutput.writeOrEnd($0) }
            for crash in outcome.crashes { notice.warn(TerminalText.escape(crash.sentence)) }
            guard outcome.status == .exited(0) else { return outcome.status }
            for program in try await build.programs() {
                let words = TerminalText.escape(ShellWord.commandLine(program))
                notice.put("\(notice.style.dim("races"))     pooltrace run --races -- \(words)\n")
            }
            return outcome.status
        }
    }

    private static let unchecked = """
        the compiler rejects the code that it has made, because it passes a number as a pointer to a function of ThreadSanitizer; that \
        does no harm, so the package is built again without this check
        """

    /// Prints the command and runs it.
    private func run(
        _ build: InstrumentedBuild, _ notice: Recording.Notice
    ) async throws -> InstrumentedBuild.Outcome {
        notice.put(TerminalText.escape(ShellWord.commandLine(build.command)) + "\n")
        return try await build.run { $0.withUnsafeBytes { StandardOutput.writeOrEnd($0) } }
    }
}
