import Foundation

/// A program that is run as a child and must succeed.
enum ChildProgram {
    /// Runs it, with its output going to a file, and waits; without a file the output goes nowhere.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], output: String? = nil
    ) throws {
        let file = try output.map(create) ?? .nullDevice
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        try process.run()
        process.waitUntilExit()
        if output != nil { try file.close() }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw BenchError("\(program) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
    }

    private static func create(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchError("\(path) could not be written") }
        return file
    }
}
