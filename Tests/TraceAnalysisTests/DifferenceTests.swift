internal import PoolModel
internal import Testing

@testable internal import TraceAnalysis

@Suite("RunDifference")
struct DifferenceTests {
    /// So many tasks one after the other, each of so many milliseconds, in an order of starts.
    private func run(
        _ count: Int, order: [Int]? = nil, serial: Bool = false, line: UInt32 = 3,
        length: (Int) -> Double = { _ in 5 }, outcome: (Int) -> Outcome = { _ in .succeeded }
    ) -> Run {
        var made = HandMadeRun(serial: serial)
        let tasks = (0..<count).map { _ in made.submit("work", line: line) }
        var time = 1.0
        for place in order ?? Array(0..<count) {
            made.run(tasks[place], on: 1, from: time, to: time + length(place), outcome: outcome(place))
            if outcome(place) == .failed {
                made.fail(tasks[place], path: "main.\(place + 1)", input: "", message: "no", at: time + length(place))
            }
            time += length(place) + 1
        }
        return made.finished(at: time)
    }

    @Test func `A run is the same as itself, also if a line moved`() {
        let difference = RunDifference(run(20), run(20, line: 99))
        #expect(difference.aspects.isEmpty, "\(difference.aspects)")
        #expect(difference.common == 20)
        #expect(difference.divergence == nil)
    }

    @Test func `The order of starts parts at the first task that differs`() {
        let difference = RunDifference(run(5), run(5, order: [0, 1, 3, 2, 4]))
        #expect(difference.aspects == [.order])
        #expect(difference.divergence?.alike == 2)
        #expect(difference.divergence?.left == 2)
        #expect(difference.divergence?.right == 3)
    }

    @Test func `Tasks of one run alone are named, and so is the end of the shorter one`() {
        let difference = RunDifference(run(3), run(5))
        #expect(difference.aspects == [.tasks, .order])
        #expect(difference.onlyLeft.isEmpty && difference.onlyRight == [3, 4])
        #expect(difference.divergence == RunDifference.Divergence(alike: 3, left: nil, right: 3))
    }

    @Test func `One path with another name is two tasks`() {
        var made = HandMadeRun()
        made.task("other", from: 1, to: 6)
        let difference = RunDifference(run(1), made.finished(at: 7))
        #expect(difference.common == 0)
        #expect(difference.onlyLeft == [0] && difference.onlyRight == [0])
    }

    @Test func `Outcomes that changed are told, equal failures are not`() {
        let difference = RunDifference(
            run(4, outcome: { $0 == 1 ? .failed : .succeeded }),
            run(4, outcome: { $0 == 1 || $0 == 2 ? .failed : .succeeded }))
        #expect(difference.outcomes == [RunDifference.Pair(left: 2, right: 2)])
        #expect(difference.aspects == [.outcomes])
    }

    @Test func `A name whose tasks all take longer is slower, and the other way round faster`() throws {
        let (fast, slow) = (run(30, length: { 5 + Double($0) / 100 }), run(30, length: { 7 + Double($0) / 100 }))
        let slower = try #require(RunDifference(fast, slow).times.first)
        #expect(slower.verdict == .slower && slower.superiority == 1)
        #expect(slower.medians.left < slower.medians.right)
        #expect(RunDifference(slow, fast).times.map(\.verdict) == [.faster])
        #expect(RunDifference(fast, slow).aspects == [.times])
    }

    @Test func `A small difference of many tasks, and a large one of few, is no verdict`() {
        let (left, right) = (run(60, length: { 5 + Double($0) / 1000 }), run(60, length: { 5.3 + Double($0) / 1000 }))
        let small = RunDifference(left, right).times
        #expect((small.first?.p ?? 1) < 0.0001)
        #expect(small.map(\.verdict) == [.alike])
        #expect(RunDifference(run(7), run(7, length: { _ in 50 })).times.map(\.verdict) == [.tooFew])
    }

    @Test func `Of more names than are compared those that are left are the same in both runs`() throws {
        func run(_ names: [Int]) -> Run {
            var made = HandMadeRun()
            var time = 1.0
            for name in names {
                for _ in 0..<8 {
                    made.task("name \(name)", from: time, to: time + Double(name + 1))
                    time += Double(name + 1)
                }
            }
            return made.finished(at: time)
        }
        let names = Array(0..<TaskTimes.maximumGroups + 100)
        let times = RunDifference(run(names), run(names.reversed())).times
        #expect(times.count == TaskTimes.maximumGroups + 1)
        for other in times where other.verdict != .alike || other.counts != (8, 8) {
            #expect(other.group == .others && other.counts == (800, 800) && other.verdict == .alike, "\(other)")
        }
    }

    @Test func `Where medians and most pairs disagree neither run is slower`() throws {
        // Half of the second run's tasks take a little less, and half ten times as long.
        let (left, right) = (
            run(101, length: { $0 < 50 ? 1 : 10 }), run(101, length: { $0 < 52 ? 8 : 100 })
        )
        let times = try #require(RunDifference(left, right).times.first)
        #expect((times.superiority ?? 0) > 0.6 && (times.p ?? 1) < 0.01 && times.medians.left > times.medians.right)
        #expect(times.verdict == .alike)
    }

    @Test func `Times of a serial run are not compared with those of a parallel one`() {
        let difference = RunDifference(run(20), run(20, serial: true, length: { _ in 50 }))
        #expect(!difference.comparesTimes && difference.times.isEmpty)
        #expect(difference.aspects.isEmpty)
    }

    /// Values of scipy.stats.mannwhitneyu(left, right, use_continuity=True, method="asymptotic").
    @Test func `The U test gives what SciPy gives, with and without ties`() throws {
        let left: [UInt64] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        let shifted = try #require(MannWhitney(left, left.map { $0 + 3 }))
        #expect(abs(shifted.superiority - 75.5 / 100) < 1e-9)
        #expect(abs(shifted.p - 0.058_116_88) < 1e-7, "\(shifted.p)")
        let tied = try #require(MannWhitney([1, 1, 1, 2, 2, 2, 3, 3], [2, 2, 3, 3, 3, 4, 4, 4, 4]))
        #expect(abs(tied.superiority - 62.0 / 72) < 1e-9, "\(tied.superiority)")
        #expect(abs(tied.p - 0.011_110_82) < 1e-7, "\(tied.p)")
        let equal = try #require(MannWhitney([5, 5, 5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5, 5, 5]))
        #expect(equal.p == 1 && equal.superiority == 0.5)
    }

    @Test func `Holm's correction multiplies the smallest most, and keeps the order`() {
        let adjusted = MannWhitney.holm([0.03, 0.01, 0.5])
        #expect(zip(adjusted, [0.06, 0.03, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 }, "\(adjusted)")
    }
}
