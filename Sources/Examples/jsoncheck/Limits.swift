/// What a file may be at most.
struct Limits: Sendable {
    /// Arrays and objects in each other.
    let depth: Int
    /// Bytes.
    let size: Int
}
