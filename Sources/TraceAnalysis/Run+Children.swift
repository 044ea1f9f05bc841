extension Run {
    /// The tasks that a task submitted, or the elements of a map, in the order in which the trace first speaks of them.
    ///
    /// - Returns: The positions of the first `limit`, and how many there are.
    public func children(of number: UInt64, limit: Int) -> (first: [Int], count: Int) {
        var first: [Int] = []
        var count = 0
        for position in tasks.entries.indices {
            guard tasks.entries.parent(at: position) == number, tasks.entries[position].submitted != nil else {
                continue
            }
            count += 1
            if first.count < limit { first.append(position) }
        }
        return (first, count)
    }
}
