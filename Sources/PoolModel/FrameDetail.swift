/// How many of a failure's frames a report shows.
public enum FrameDetail: String, Sendable, CaseIterable {
    /// Recursion is folded, and the frames that the report before had as well are left out.
    case folded
    /// Every frame.
    case all
}
