/// The name of what a program says with `CurrentTask`: a literal, or a text that is made at run time.
///
/// A literal costs a few nanoseconds each time; `AnnotationName("...")` from a string that is made at run time takes a
/// lock where somebody records, and at most some ten thousand different ones are kept: say what differs by a value.
public struct AnnotationName: Sendable, ExpressibleByStringLiteral {
    @usableFromInline let literal: StaticString
    /// In place of the literal.
    @usableFromInline let made: String?

    /// The name given by a literal.
    @inlinable
    public init(stringLiteral text: StaticString) { (literal, made) = (text, nil) }

    /// A name that is made at run time.
    @inlinable
    public init(_ text: String) { (literal, made) = ("", text) }

    /// Gives its bytes, and whether they are a literal's.
    @inlinable
    func withBytes(_ body: (UnsafePointer<CChar>, Int, Bool) -> Void) {
        guard var made else {
            let bytes = UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
            return body(bytes, literal.utf8CodeUnitCount, true)
        }
        made.withUTF8 { text in
            guard let first = text.baseAddress else { return body("", 0, false) }
            body(UnsafeRawPointer(first).assumingMemoryBound(to: CChar.self), text.count, false)
        }
    }
}
