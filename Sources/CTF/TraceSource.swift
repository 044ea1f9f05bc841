/// A trace as it is given to be read: its metadata, and where the bytes of its streams are.
public struct TraceSource: Sendable {
    /// The directory, or what the trace is called instead.
    public let path: String
    /// The metadata.
    public let metadata: TraceMetadata
    /// The streams, each in one piece or several, in any order: their packets say to which stream they belong.
    public let streams: [ByteSource]

    /// Makes a trace of bytes that may be anywhere.
    public init(path: String, metadata: TraceMetadata, streams: [ByteSource]) {
        self.path = path
        self.metadata = metadata
        self.streams = streams
    }

    /// The trace in a directory: the file `metadata`, and every other plain file whose name does not begin with a dot.
    ///
    /// - Throws: Where the metadata is missing, or no stream can be read by it.
    public init(directory path: String) throws(TraceError) {
        let metadata = path.hasSuffix("/") ? path + "metadata" : path + "/metadata"
        self.init(
            path: path, metadata: try TraceMetadata(ByteSource(file: metadata)),
            streams: TraceFolder.streamFiles(path).map { ByteSource(file: $0) })
    }
}
