/// A place in the source: where a task was submitted.
public struct Site: Hashable, Sendable, CustomStringConvertible {
    /// The file as `#fileID` gives it, `Module/File.swift`.
    public let file: String
    /// The line, from 1.
    public let line: UInt32
    /// The function as `#function` gives it, `run(files:)`.
    public let function: String

    /// Creates a site.
    public init(file: String, line: UInt32, function: String) {
        self.file = file
        self.line = line
        self.function = function
    }

    /// Stands for a place that is unknown.
    public static let unknown = Site(file: "?", line: 0, function: "?")

    /// `Module/File.swift:41`.
    public var description: String { "\(file):\(line)" }
}
