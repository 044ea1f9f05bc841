import Foundation

/// A program that is run as a child and must succeed.
enum ChildProgram {
    /// Runs it, with its output going to a file, and waits.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], output: String
    ) throws {
        guard FileManager.default.createFile(atPath: output, contents: nil),
            let file = FileHandle(forWritingAtPath: output)
        else { throw BenchError("\(output) could not be written") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        try process.run()
        process.waitUntilExit()
        try file.close()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw BenchError("\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
    }
}
