/// What one round of one row measured.
struct Sample: Codable, Sendable {
    /// Nanoseconds a unit; in a row of bytes, bytes.
    var nanoseconds: Double
    /// Processor time over wall time: how many processors were at work on average.
    var processors: Double
    /// What else the round found out, for the notes below the table.
    var note: String?
}
