import PoolTraceAnnotations

public struct OddNumber: Error, CustomStringConvertible {
    let number: Int

    public var description: String { "\(number) cannot be halved" }
}

public func half(of number: Int) throws -> Int {
    CurrentTask.value("to be halved", number)
    guard number.isMultiple(of: 2) else { throw OddNumber(number: number) }
    return CurrentTask.span("halve") { number / 2 }
}
