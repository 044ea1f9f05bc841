import Foundation

/// A peer in another language: a program that is asked for a round by a line on its standard input, and times itself.
///
/// It lives as long as its host's process, so that what it has compiled and allocated stays, and sleeps while it is not
/// its turn. The line that it answers has numbers: nanoseconds of wall time, nanoseconds of processor time, the sum of
/// the tasks' numbers, and then how many tasks each thread ran.
final class PeerProgram {
    private let process = Process()
    private let questions = Pipe()
    private let answers = Pipe()
    private let name: String

    /// - Parameter command: The program's path and its arguments.
    init(_ command: [String]) throws {
        name = command.joined(separator: " ")
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = questions
        process.standardOutput = answers
        try process.run()
    }

    /// Ends the program; not left to itself, so that its processor time counts as this process's.
    deinit {
        try? questions.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// A round of this many tasks, in which so many threads have a part.
    func round(_ count: Int, threads: Int = Conditions.workers) throws -> Sample {
        let numbers = try ask(count)
        let note = try TaskCount.check(Array(numbers.dropFirst(3)), sum: numbers[2], count: count, threads: threads)
        let (wall, cpu) = (Double(numbers[0]), Double(numbers[1]))
        return Sample(nanoseconds: wall / Double(count), processors: cpu / wall, note: note)
    }

    /// A round in which this many bytes, which it says it has counted, are on their way.
    func round(bytes: Int) throws -> Sample {
        let numbers = try ask(bytes)
        guard numbers[2] == UInt64(bytes) else { throw BenchError("\(name): \(numbers[2]) of \(bytes) bytes arrived") }
        let (wall, cpu) = (Double(numbers[0]), Double(numbers[1]))
        return Sample(nanoseconds: wall / Double(bytes >> 10), processors: cpu / wall, note: nil)
    }

    private func ask(_ count: Int) throws -> [UInt64] {
        try questions.fileHandleForWriting.write(contentsOf: Data("\(count)\n".utf8))
        let line = try answer()
        let words = line.split(separator: " ")
        let numbers = words.compactMap { UInt64($0) }
        guard numbers.count == words.count, numbers.count > 3, numbers[0] > 0 else {
            throw BenchError("\(name) answered '\(line)', not times and counts of tasks")
        }
        return numbers
    }

    private func answer() throws -> String {
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let bytes = answers.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw BenchError("\(name) ended in the middle of a round") }
            line += bytes
        }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }
}
