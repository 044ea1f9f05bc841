/// A place in the metadata's text; both count from 1, columns in bytes.
struct SourceLocation: Sendable, Hashable {
    var line: Int
    var column: Int
}

/// A fault in the metadata's text; the file is added where it is known.
struct MetadataError: Error, Hashable {
    var location: SourceLocation
    var message: String
}
