/// What a test could not do: its text says what, and what to do about it.
public struct TestSupportError: Error, CustomStringConvertible {
    /// One or more sentences.
    public let description: String

    /// Makes an error from its text.
    public init(_ description: String) { self.description = description }
}
