internal import Testing

@testable internal import TraceAnalysis

@Suite("PoolLoad")
struct PoolLoadTests {
    @Test(arguments: [1, 2, 7, 100, 10_000])
    func `The load of a run is the same in however many slices it is added up`(most: Int) {
        var made = HandMadeRun(workers: 3)
        for number in 1...200 {
            let start = Double(number * 37 % 211)
            let task = made.submit("x", at: start * 0.5)
            made.run(task, on: UInt32(number % 3 + 1), from: start, to: start + Double(number * 13 % 29))
            if number % 5 == 0 { made.wait(of: task, for: task, from: start, to: start + 1) }
        }
        let run = made.finished(at: 300)
        for least in 0...1 {
            let whole = PoolLoad.time(of: run, pool: 1, waits: run.waits) { $0.active > least && $0.queued > least }
            let sliced = PoolLoad.time(of: run, pool: 1, waits: run.waits, limit: most) {
                $0.active > least && $0.queued > least
            }
            #expect(sliced == whole, "more than \(least) tasks, slices of \(most)")
            #expect(whole > 0)
        }
    }

    @Test func `A list in chunks holds what was put into it, and a copy stays as it is`() {
        var list = ChunkedArray<Int>()
        for number in 0..<40_000 { list.append(number) }
        let copy = list
        for place in list.indices { list[place] += 1 }
        list.append(7)
        #expect(copy.elementsEqual(0..<40_000))
        #expect(list.dropLast().elementsEqual(1...40_000))
        #expect(list.count == 40_001)
        list.sort(by: >)
        #expect(list.first == 40_000)
    }
}
