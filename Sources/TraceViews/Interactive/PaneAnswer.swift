/// What a pane makes of a key.
enum PaneAnswer: Equatable {
    /// It has done what was asked.
    case done
    /// It does not know the key.
    case unknown
    /// The task at a position is to be opened.
    case open(UInt32)
    /// Something to tell, not escaped yet.
    case message(String)
}
