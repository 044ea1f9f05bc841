/// Check-then-act across an await: two payments both see the money that is enough for one of them.
///
/// An actor runs one thing at a time, but not one payment at a time: while one waits for the fraud check, the other is
/// let in.
enum CheckThenAct {
    struct Overdrawn: Error, CustomStringConvertible {
        let balance: Int
        var description: String { "the account is overdrawn: \(balance)" }
    }

    private actor Account {
        private var balance = 100

        /// Pays, if there is enough money and nothing is strange about it.
        func pay(_ amount: Int) async throws -> Bool {
            guard balance >= amount else { return false }
            async let risk = fraudScore(of: amount)
            guard await risk < 100_000 else { return false }
            balance -= amount
            guard balance >= 0 else { throw Overdrawn(balance: balance) }
            return true
        }

        private nonisolated func fraudScore(of amount: Int) async -> Int {
            Table(rows: 100...200).sum() + amount
        }
    }

    static func run() async throws {
        let account = Account()
        let paid = try await withThrowingTaskGroup(of: Bool.self) { group in
            // The rent, by a standing order.
            group.addTask { try await account.pay(80) }
            // A card in a shop: the message of the terminal, then the card's own record.
            group.addTask {
                for rows in [100...400, 50...1400] {
                    async let record = Table(rows: rows).sum()
                    guard await record > 0 else { return false }
                }
                return try await account.pay(70)
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        print("\(paid) of 2 payments are made")
    }
}
