internal import Testing

@testable internal import TraceAnalysis

@Suite("Packed tasks")
struct TaskEntriesTests {
    /// Numbers of all sizes, 0 among them, in an order that makes columns grow both ways.
    private func numbers(_ count: Int, seed: UInt64) -> [UInt64] {
        var state = seed
        return (0..<count).map { place in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            if place % 7 == 0 { return 0 }
            return state >> (state >> 58)
        }
    }

    @Test(
        arguments: [
            [1], [5, 4, 3, 2, 1], Array(stride(from: 1_000_000, to: 1, by: -997)), [UInt64.max, 1, 0, UInt64.max - 1],
            [1 << 40, 1 << 40 + 1, 1 << 40 - 1, 1 << 40 + 200, 1 << 40 - 200, 70_000, 0],
            [255, 256, 65_535, 65_536, 1 << 24, 1 << 32, 1 << 48, 1 << 56], Array(repeating: 0, count: 10),
        ] as [[UInt64]])
    func `A column holds what was written, whatever came after it`(numbers: [UInt64]) {
        var column = PackedColumn()
        defer { column.free() }
        for (row, number) in numbers.enumerated() {
            column.set(row, number)
            for (other, expected) in numbers[...row].enumerated() {
                #expect(column[other] == expected, "row \(other) after row \(row) of \(numbers.prefix(10))")
            }
        }
        for row in numbers.indices.reversed() { column.set(row, numbers[numbers.count - 1 - row]) }
        for row in numbers.indices { #expect(column[row] == numbers[numbers.count - 1 - row], "row \(row)") }
    }

    @Test func `A full column of random numbers of all sizes reads back`() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let numbers = numbers(PackedColumn.capacity, seed: seed)
            var column = PackedColumn()
            defer { column.free() }
            for (row, number) in numbers.enumerated() { column.set(row, number) }
            #expect(numbers.indices.allSatisfy { column[$0] == numbers[$0] }, "seed \(seed)")
        }
    }

    private func entry(_ place: Int) -> TaskEntry {
        let number = UInt64(place)
        return TaskEntry(
            number: number &* 0x9E37_79B9_7F4A_7C15, parent: number % 5,
            index: place % 3 == 0 ? PoolEvent.noIndex : number,
            ordinal: UInt32(place % 100), pool: UInt32(place % 2), site: UInt32(place % 9), name: UInt32(place % 300),
            worker: place % 4 == 0 ? TaskEntry.noWorker : UInt32(place % 4), outcome: UInt8(place % 256),
            flags: UInt8(place % 32), submitTime: place & 2 == 0 ? 0 : number &* 1_000,
            startTime: place & 4 == 0 ? 0 : number &* 1_001, endTime: place & 8 == 0 ? 0 : number &* 1_002)
    }

    @Test func `Entries are what they were made as, over many blocks`() {
        var table = TaskTable()
        for place in 0..<3 * PackedColumn.capacity + 17 {
            let entry = entry(place)
            let position = table.insert(entry.number)
            #expect(position == place)
            table.entries[position] = entry
        }
        for (place, found) in table.entries.enumerated() {
            let expected = entry(place)
            #expect(found == expected, "entry \(place)")
            #expect(table.position(of: expected.number) == place)
        }
        #expect(table.position(of: 1) == nil)
    }

    @Test func `A copy stays as it is while the original goes on`() {
        var table = TaskTable()
        for place in 0..<PackedColumn.capacity + 100 { table.entries[table.insert(UInt64(place) + 1)].pool = 1 }
        let copy = table
        for place in table.entries.indices { table.entries[place].pool = 2 }
        _ = table.insert(1 << 40)
        #expect(copy.entries.count == PackedColumn.capacity + 100)
        #expect(copy.entries.allSatisfy { $0.pool == 1 })
        #expect(table.entries.dropLast().allSatisfy { $0.pool == 2 })
        #expect(copy.position(of: 1 << 40) == nil)
    }

    @Test func `An outcome that no task has comes from a damaged trace, and stays what it is`() {
        var entries = TaskEntries()
        entries.append(number: 1)
        entries.update(0) { _ = $0.end($1, outcome: 255, at: 7) }
        #expect(entries[0].outcome == 255)
        #expect(entries[0].ended == 7)
    }
}
