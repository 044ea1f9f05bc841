/// Why a trace cannot be opened at all: no metadata, or metadata that is not in the language.
public struct TraceError: Error, Sendable, Hashable {
    /// The file or folder at fault.
    public let path: String
    /// The line in the metadata's text, from 1; nil where the fault is not in the text.
    public let line: Int?
    /// The column in that line, in bytes, from 1.
    public let column: Int?
    /// Where in the metadata's text, in bytes; nil if unknown.
    public let offset: Int?
    /// What was expected and what was found.
    public let message: String

    init(path: String, line: Int? = nil, column: Int? = nil, offset: Int? = nil, message: String) {
        self.offset = offset
        self.path = path
        self.line = line
        self.column = column
        self.message = message
    }

    /// Damage after which nothing is left to read.
    init(_ problem: Problem) {
        self.init(
            path: problem.file, line: problem.line, column: problem.column,
            offset: problem.offset > 0 && problem.line != nil ? problem.offset : nil, message: problem.message)
    }

    /// As damage of one trace among others.
    var problem: Problem {
        Problem(
            file: path, offset: offset ?? 0, line: line, column: column, message: message, isOfMetadata: true)
    }

    init(path: String, _ error: MetadataError, offset: Int? = nil) {
        self.init(
            path: path, line: error.location.line, column: error.location.column, offset: offset,
            message: error.message)
    }
}

extension TraceError: CustomStringConvertible {
    /// "trace/metadata:12:5: expected ';', found '}'".
    public var description: String {
        guard let line, let column else { return "\(path): \(message)" }
        return "\(path):\(line):\(column): \(offset.map { "byte \($0): " } ?? "")\(message)"
    }
}
