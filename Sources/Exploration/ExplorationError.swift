/// What could not be done, in a sentence.
package struct ExplorationError: Error, CustomStringConvertible {
    /// The sentence.
    package let description: String

    /// Makes an error that says a sentence.
    package init(_ description: String) { self.description = description }
}
