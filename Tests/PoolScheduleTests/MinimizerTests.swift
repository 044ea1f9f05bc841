import PoolSchedule
import Testing

@Suite("Minimizing")
struct MinimizerTests {
    @Test("finds what a failure takes, wherever it is, in few tries")
    func finds() async {
        for seed in UInt64(1)...100 {
            var generator = SplitMix64(seed: seed)
            let items = Array(0..<Int(generator.next() % 200 + 1))
            let needed = Set((0..<generator.next() % 4).map { _ in Int(generator.next() % UInt64(items.count)) })
            var tries = 0
            let least = await Minimizer.minimize(items) { list in
                tries += 1
                return needed.isSubset(of: list)
            }
            #expect(least == needed.sorted(), "seed \(seed)")
            #expect(tries <= 200, "seed \(seed): \(tries) tries")
        }
    }

    @Test("leaves a list from which no item can be left out")
    func least() async {
        // Any three neighbours do it.
        let least = await Minimizer.minimize(Array(0..<50)) { list in
            list.contains { item in list.contains(item + 1) && list.contains(item + 2) }
        }
        #expect(least.count == 3 && least[2] == least[0] + 2)
    }

    @Test("takes a chain of two delays for one")
    func shortcuts() {
        let parts = (1...4).map { TaskPart(task: $0) }
        let delays = [
            Schedule.Delay(parts[0], until: parts[1]), Schedule.Delay(parts[1], until: parts[2]),
            Schedule.Delay(parts[3], until: parts[2]),
        ]
        #expect(Schedule.shortcuts(of: delays) == [[Schedule.Delay(parts[0], until: parts[2]), delays[2]]])
        #expect(Schedule.shortcuts(of: [delays[0], delays[2]]) == [])
    }
}
