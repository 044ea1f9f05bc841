/// Why a file is no schedule that can be followed.
public struct ScheduleError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// What belongs there.
    public let expected: String
    /// What is there.
    public let found: String

    /// Creates an error at `line`, counted from 1.
    public init(file: String, line: Int, expected: String, found: String) {
        self.file = file
        self.line = line
        self.expected = expected
        self.found = found
    }

    /// A sentence: `bank.schedule:7: expected ..., found ...`.
    public var description: String { "\(file):\(line): expected \(expected), found \(found)" }
}
