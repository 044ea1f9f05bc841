internal import PoolModel
internal import Testing
internal import TraceAnalysis

@Suite("TaskQuery")
struct TaskQueryTests {
    /// Twelve tasks, of which the third is the longest, the fifth fails, the eleventh does not end, and the last does
    /// not start.
    private func sample() -> Run {
        var made = HandMadeRun()
        for number in 1...11 {
            let start = Double(number) * 10
            let task = made.submit(number % 2 == 0 ? "even" : "odd", at: Double(20 - number))
            made.run(
                task, on: 1, from: start, to: number == 11 ? nil : start + (number == 3 ? 9 : Double(number) / 5),
                outcome: number == 5 ? .failed : .succeeded)
            if number == 5 { made.fail(task, path: "main.5", input: "data/B.json", message: "no good", at: start + 1) }
        }
        _ = made.submit("odd", at: 50)
        return made.finished(at: 200)
    }

    private func ordinals(_ query: TaskQuery) -> [UInt32] {
        let run = sample()
        return query.positions(in: run).shown.map { run.tasks.entries[Int($0)].ordinal }
    }

    @Test(arguments: [
        (TaskQuery.Key.run, [3, 10, 9, 8, 7, 6, 5, 4, 2, 1, 11, 12]),
        (.path, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), (.submitted, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 12]),
        (.name, [2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11, 12]), (.error, [5, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]),
        (.state, [1, 2, 3, 4, 6, 7, 8, 9, 10, 5, 11, 12]),
    ])
    func `A list is sorted by what it says, numbers in texts by their values, what is not known last`(
        key: TaskQuery.Key, expected: [UInt32]
    ) {
        var query = TaskQuery()
        query.sort = key
        #expect(ordinals(query) == expected, "\(key)")
    }

    @Test func `Reversed, what is not known still comes last`() {
        var query = TaskQuery()
        query.sort = .run
        query.isReversed = true
        #expect(ordinals(query).first == 1)
        #expect(ordinals(query).suffix(2) == [11, 12])
    }

    @Test func `A bound cuts the list and not the count`() {
        var query = TaskQuery()
        query.sort = .run
        query.limit = 2
        #expect(query.positions(in: sample()).total == 12)
        #expect(ordinals(query) == [3, 10])
    }

    @Test(arguments: [
        ("b.json", [5]), ("NO GOOD", [5]), ("main.1", [1, 10, 11, 12]), ("even", [2, 4, 6, 8, 10]), ("nothing", []),
    ])
    func `A text is looked for in path, name, site, input and error`(text: String, expected: [UInt32]) {
        var query = TaskQuery()
        query.texts = [text]
        #expect(ordinals(query) == expected, "\(text)")
    }

    @Test func `States and filters hold together`() {
        var query = TaskQuery()
        query.states = [.succeeded, .notEnded]
        query.filter.name = "odd"
        #expect(ordinals(query) == [1, 3, 7, 9, 11])
    }
}
