/// Lost continuation: of two readers who wait for letters at the same time, the first is never woken.
///
/// The mailbox has room for one reader who waits, and nobody has said so.
enum LostContinuation {
    private actor Mailbox {
        private var letters: [String] = []
        private var reader: CheckedContinuation<String, Never>?

        func post(_ letter: String) {
            guard let reader else { return letters.append(letter) }
            self.reader = nil
            reader.resume(returning: letter)
        }

        func next() async -> String {
            if !letters.isEmpty { return letters.removeFirst() }
            return await withCheckedContinuation { reader = $0 }
        }
    }

    static func run() async throws {
        let mailbox = Mailbox()
        let read = await withTaskGroup(of: Int.self) { group in
            for number in 1...2 {
                group.addTask {
                    // The second has something to read already.
                    let previous = number == 1 ? 1 : Table(rows: 300...3000).sum()
                    return await mailbox.next().isEmpty ? 0 : previous.signum()
                }
                group.addTask {
                    await mailbox.post("letter \(number): \(Table(rows: 50...400).sum())")
                    return 0
                }
            }
            return await group.reduce(0, +)
        }
        print("\(read) letters are read")
    }
}
