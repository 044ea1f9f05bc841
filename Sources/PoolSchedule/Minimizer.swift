/// Shrinks a list to one that still does what it did, from which nothing can be left out: delta debugging.
///
/// Source: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 28 (2002), algorithm
/// ddmin.
public enum Minimizer {
    /// The smallest list found.
    ///
    /// - Parameters:
    ///   - items: A list for which `fails` holds.
    ///   - fails: Whether a shorter list, in the same order, still does it.
    public static func minimize<Item: Sendable>(
        _ items: [Item], isolation: isolated (any Actor)? = #isolation, fails: ([Item]) async throws -> Bool
    ) async rethrows -> [Item] {
        var items = items
        guard !items.isEmpty else { return items }
        if try await fails([]) { return [] }
        var parts = 2
        while items.count >= 2 {
            let bounds = (0...parts).map { $0 * items.count / parts }
            let chunks = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
            if let smaller = try await first(of: chunks.map { parts > 2 ? Array(items[$0]) : [] }, fails) {
                items = smaller
                parts = 2
            } else if let smaller = try await first(of: chunks.map { items.without($0) }, fails) {
                items = smaller
                parts = max(parts - 1, 2)
            } else if parts < items.count {
                parts *= 2
            } else {
                break
            }
            parts = min(parts, max(2, items.count))
        }
        return items
    }

    private static func first<Item: Sendable>(
        of lists: [[Item]], isolation: isolated (any Actor)? = #isolation, _ fails: ([Item]) async throws -> Bool
    ) async rethrows -> [Item]? {
        for list in lists where !list.isEmpty {
            if try await fails(list) { return list }
        }
        return nil
    }
}

extension Array {
    fileprivate func without(_ range: Range<Int>) -> [Element] {
        Array(self[..<range.lowerBound] + self[range.upperBound...])
    }
}
