/// What LTTng could not do: the step, and the reason that LTTng gives.
public struct LTTngError: Error, CustomStringConvertible {
    /// One sentence, or two.
    public let description: String

    init(_ description: String) { self.description = description }
}
