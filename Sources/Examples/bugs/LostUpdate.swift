import PoolTrace
import Synchronization

/// Lost update: two deliveries are booked, and the stock has grown by one of them.
///
/// One task looks up the stock and prints the receipt, and the next one enters the new number. What others have entered
/// in between is overwritten.
enum LostUpdate {
    /// How many pieces there are of an article.
    private final class Stock: Sendable {
        private let count = Mutex(100)

        var pieces: Int {
            get { count.withLock { $0 } }
            set { count.withLock { $0 = newValue } }
        }
    }

    struct WrongStock: Error, CustomStringConvertible {
        let found: Int
        let expected: Int
        var description: String { "the stock is \(found) pieces, expected \(expected)" }
    }

    static func run() throws {
        let stock = Stock()
        try withThreadPool(name: "warehouse", workers: 2) { pool in
            // Typed in at the desk.
            pool.execute(name: "look up") { book(45, in: stock, on: pool) }
            // From a supplier, as text in the supplier's units.
            pool.execute(name: "import") {
                let note = Table(rows: 100...3000)
                pool.execute(name: "convert") {
                    let pieces = note.sum() > 0 ? 30 : 0
                    pool.execute(name: "look up") { book(pieces, in: stock, on: pool) }
                }
            }
        }
        guard stock.pieces == 175 else { throw WrongStock(found: stock.pieces, expected: 175) }
        print("the stock is 175 pieces")
    }

    private static func book(_ delivered: Int, in stock: Stock, on pool: ThreadPool) {
        let before = stock.pieces
        let receipt = Table(rows: 100...200)
        pool.execute(name: "enter") {
            stock.pieces = receipt.sum() > 0 ? before + delivered : before
        }
    }
}
