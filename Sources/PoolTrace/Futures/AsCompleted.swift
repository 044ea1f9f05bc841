/// The futures in the order in which they end, those first that have ended already.
///
/// ```swift
/// for future in asCompleted(futures) { print(try future.value()) }
/// for await future in asCompleted(futures) { print(try await future.value()) }
/// ```
///
/// - Parameter futures: Each is handed out once, however often it is among them.
public func asCompleted<Element: AnyFuture>(_ futures: some Sequence<Element>) -> CompletedFutures<Element> {
    CompletedFutures(futures: Array(futures))
}

/// The futures in the order in which they end, as long as the time is not up.
///
/// ```swift
/// let completed = asCompleted(futures, timeout: .seconds(10))
/// while let future = try completed.next() { print(try future.value()) }
/// for try await future in asCompleted(futures, timeout: .seconds(10)) { print(try await future.value()) }
/// ```
///
/// - Parameters:
///   - futures: Each is handed out once, however often it is among them.
///   - timeout: For all together, from now on. The tasks go on in any case.
public func asCompleted<Element: AnyFuture>(
    _ futures: some Sequence<Element>, timeout: Duration
) -> TimedCompletedFutures<Element> {
    TimedCompletedFutures(futures, timeout: timeout)
}
