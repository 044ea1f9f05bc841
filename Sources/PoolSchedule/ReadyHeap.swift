/// Ready tasks, the one with the smallest key first, and among equals the one that came first: a binary heap.
struct ReadyHeap: Sendable {
    private struct Entry {
        let key: UInt64
        let arrival: UInt64
        let task: ReadyTask

        func precedes(_ other: Entry) -> Bool { (key, arrival) < (other.key, other.arrival) }
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    /// The smallest of the keys that count.
    func leastKey(where counts: (UInt64) -> Bool) -> UInt64? {
        guard let first = entries.first, !counts(first.key) else { return entries.first?.key }
        return entries.lazy.map(\.key).filter(counts).min()
    }

    mutating func push(_ task: ReadyTask, key: UInt64, arrival: UInt64) {
        entries.append(Entry(key: key, arrival: arrival, task: task))
        var place = entries.count - 1
        while place > 0, entries[place].precedes(entries[(place - 1) / 2]) {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func pop() -> (task: ReadyTask, key: UInt64, arrival: UInt64)? {
        guard let first = entries.first else { return nil }
        let last = entries.removeLast()
        if !entries.isEmpty {
            entries[0] = last
            var place = 0
            while true {
                let children = [2 * place + 1, 2 * place + 2].filter { $0 < entries.count }
                guard let least = children.min(by: { entries[$0].precedes(entries[$1]) }),
                    entries[least].precedes(entries[place])
                else { break }
                entries.swapAt(place, least)
                place = least
            }
        }
        return (first.task, first.key, first.arrival)
    }
}
