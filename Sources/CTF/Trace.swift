/// One trace of a set: a directory that holds metadata, or what stands for one.
public struct Trace: Sendable {
    /// The folder, or what the trace is called instead.
    public let path: String
    /// What the tracer says of machine and program, in the metadata's order.
    public let environment: [(name: String, value: EnvironmentValue)]
    /// The clocks that the metadata declares.
    public let clocks: [Clock]
    /// The order of bytes of integers that do not say their own; nil in CTF 2, where each says it.
    public let byteOrder: ByteOrder?
    /// Sixteen bytes that identify the trace, where the tracer gave them.
    public let uuid: [UInt8]?
    /// The scope of the trace's name and unique ID; nil where the metadata does not say it, as in CTF 1.8.
    public let namespace: String?
    /// Its name; nil where the metadata does not say it, as in CTF 1.8.
    public let name: String?
    /// Its unique ID; nil where the metadata does not say it, as in CTF 1.8.
    public let uid: String?

    /// The environment's text of a name: hostname, tracer_name.
    public func text(_ name: String) -> String? {
        for case (name, .string(let text)) in environment { return text }
        return nil
    }

    /// The environment's number of a name: vpid, tracer_major.
    public func number(_ name: String) -> Int64? {
        for case (name, .integer(let value)) in environment { return value }
        return nil
    }
}
