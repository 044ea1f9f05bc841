/// The reference reader of CTF traces, as an oracle.
///
/// It runs as a child with a time limit, because it spins for ever on some broken traces.
public enum Babeltrace {
    /// Prints traces as text: a line for each event, with full field names and raw clock values.
    ///
    /// - Parameters:
    ///   - traces: Folders; every trace below them is read.
    ///   - arguments: Further arguments, before the folders.
    ///   - limit: The longest that it may take.
    public static func text(
        of traces: String..., arguments: [String] = [], limit: Duration = .seconds(60)
    ) async throws -> ChildResult {
        let program = try InstalledProgram.path("babeltrace2")
        return try await Child.run(program, arguments + traces, limit: limit)
    }

    /// The lines of its text; throws unless it accepts the traces.
    public static func events(
        of traces: String..., arguments: [String] = [], limit: Duration = .seconds(60)
    ) async throws -> [String] {
        let program = try InstalledProgram.path("babeltrace2")
        return try await Child.run(program, arguments + traces, limit: limit).requireSuccess().lines
    }

    /// The text of a packetized or plain metadata file.
    public static func metadata(of trace: String) async throws -> String {
        let program = try InstalledProgram.path("babeltrace2")
        let arguments = ["convert", "--output-format=ctf-metadata", trace]
        return try await Child.run(program, arguments).requireSuccess().output
    }
}
