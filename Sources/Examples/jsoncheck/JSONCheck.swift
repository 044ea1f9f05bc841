import ArgumentParser
import Glibc
import PoolTrace
import PoolTraceArguments

/// The program: finds the files, checks each in a task of a pool, and says what is broken.
@main
struct JSONCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jsoncheck",
        abstract: "Check every .json file below directories: valid, not too deep, not too large.",
        discussion: """
            Prints a line for each broken file, with the line, column and byte of its first error, and reports on standard error how the \
            tasks failed. Exit status: 0 if every file is good, 1 if any is broken, 64 for a usage error, 66 if a directory could not \
            be read.
            """)

    @Option(
        help: ArgumentHelp("Maximum nesting of arrays and objects (default: 256).", valueName: "number"),
        // Without optimization a level of nesting takes up to 4 KiB of the stack that it is checked on.
        transform: { try Quantity.number($0, in: 1...1024) })
    var maxDepth = 256

    @Option(
        help: ArgumentHelp("Maximum size of a file (default: 256M).", valueName: "size"),
        transform: { Int(clamping: try Quantity.bytes($0, minimum: 1)) })
    var maxSize = 256 << 20

    @OptionGroup(title: "Pool") var pool: PoolOptions

    @Argument(help: ArgumentHelp("Directories and files.", valueName: "path"), completion: .directory)
    var folders: [String]

    func run() throws {
        var search = FileSearch()
        for folder in folders { search.look(at: folder) }
        for problem in search.problems { Output.complain(problem) }

        let limits = Limits(depth: maxDepth, size: maxSize)
        let findings = Findings()
        let pool = try ThreadPool(name: "files")
        for file in search.files {
            pool.submit(name: "check", input: file) { file in
                do {
                    findings.add(try JSONFile.check(file, limits: limits))
                } catch {
                    findings.add(error, in: file)
                    // The task has failed: the pool explains where and why.
                    throw error
                }
            }
        }
        pool.close()
        try pool.join()

        for line in findings.brokenFiles { Output.print(line) }
        // Nobody has asked for the tasks' values, so it reports their failures: one report for those that failed the
        // same way.
        try pool.shutdown()
        Output.print(findings.summary(of: search.files.count))
        if !search.problems.isEmpty { throw ExitCode(EX_NOINPUT) }
        if !findings.brokenFiles.isEmpty { throw ExitCode(1) }
    }
}
