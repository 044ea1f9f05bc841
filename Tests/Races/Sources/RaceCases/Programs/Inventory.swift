import Foundation

/// A struct in an array: each sale changes an article of its own, and all change the array.
package class Inventory: @unchecked Sendable {
    private struct Article {
        let name: String
        var stock: Int
    }

    private var articles: [Article]

    package init(_ names: [String]) { articles = names.map { Article(name: $0, stock: 10) } }

    package func sell(article: Int) {
        articles[article].stock -= 1  // race: struct-in-array
    }

    package var stock: Int { articles.reduce(0) { $0 + $1.stock } }
}

package final class LockedInventory: Inventory, @unchecked Sendable {
    private let lock = NSLock()

    override package func sell(article: Int) { lock.withLock { super.sell(article: article) } }
}
