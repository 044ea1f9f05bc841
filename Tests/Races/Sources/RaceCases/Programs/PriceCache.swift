import Foundation

/// A dictionary: a price that is missing is worked out and kept.
package class PriceCache: @unchecked Sendable {
    private var prices: [String: Int] = [:]

    package init() {}

    package func price(of article: String) -> Int {
        if let known = prices[article] { return known }  // race: dictionary
        let price = article.utf8.reduce(7) { $0 &* 31 &+ Int($1) } % 100
        prices[article] = price  // race: dictionary
        return price
    }
}

package final class LockedPriceCache: PriceCache, @unchecked Sendable {
    private let lock = NSLock()

    override package func price(of article: String) -> Int { lock.withLock { super.price(of: article) } }
}
