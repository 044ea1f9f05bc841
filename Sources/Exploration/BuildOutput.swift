/// What a build prints.
///
/// All from the first crash of the compiler on is held back: hundreds of lines, which are of interest only if nothing
/// can be done about it.
struct BuildOutput: Sendable {
    /// All of it.
    private(set) var bytes: [UInt8] = []
    /// How much of it was shown.
    private var shown = 0
    private var hasCrashed = false

    /// Takes a piece; the result is what is to be shown now, whole lines.
    mutating func take(_ piece: [UInt8]) -> [UInt8] {
        bytes += piece
        guard !hasCrashed else { return [] }
        let new = bytes[shown...]
        let crash = new.firstRange(of: Array(CompilerCrash.start.utf8))
        hasCrashed = crash != nil
        let end = crash?.lowerBound ?? new.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? shown
        defer { shown = end }
        return Array(bytes[shown..<end])
    }

    /// What was not shown.
    var rest: [UInt8] { Array(bytes[shown...]) }

    /// The crashes of the compiler.
    var crashes: [CompilerCrash] { hasCrashed ? CompilerCrash.all(in: String(decoding: rest, as: UTF8.self)) : [] }
}
