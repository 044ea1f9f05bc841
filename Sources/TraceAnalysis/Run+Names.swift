public import PoolModel

// MARK: - Looking names up

extension Run {
    /// The numbers of the names that are wanted.
    public func names(where isWanted: (String) -> Bool) -> [UInt32] {
        names.filter { isWanted($0.value) }.map(\.key)
    }

    /// The numbers of the sites that are wanted.
    public func sites(where isWanted: (Site) -> Bool) -> [UInt32] {
        sites.filter { isWanted($0.value) }.map(\.key)
    }

    /// The places of names in alphabetical order, from 0, by their numbers.
    public func nameRanks() -> [UInt32: UInt64] {
        let sorted = names.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.key, UInt64($0)) })
    }
}
