/// What reading metadata came upon that is no damage: nothing is left out because of it.
final class MetadataNotes: @unchecked Sendable {
    // Sendable: of one reading, which one thread does.

    /// More are not kept.
    private static let most = 100

    private(set) var notes: [MetadataError] = []

    func add(_ note: MetadataError) { if notes.count < Self.most, !notes.contains(note) { notes.append(note) } }
}
