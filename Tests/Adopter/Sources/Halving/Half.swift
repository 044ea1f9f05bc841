import PoolTraceAnnotations

/// A number has no half.
public struct OddNumber: Error, CustomStringConvertible {
    let number: Int

    /// A sentence.
    public var description: String { "\(number) cannot be halved" }
}

/// Halves a number, and says so.
///
/// - Throws: `OddNumber`.
public func half(of number: Int) throws -> Int {
    CurrentTask.value("to be halved", number)
    guard number.isMultiple(of: 2) else { throw OddNumber(number: number) }
    return CurrentTask.span("halve") { number / 2 }
}
