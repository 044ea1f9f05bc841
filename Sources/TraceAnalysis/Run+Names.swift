public import PoolModel

// MARK: - What tasks are called

extension Run {
    /// What a task is called of which the trace tells neither a name nor a site.
    public static let unnamed = "unnamed"

    /// What a task is called: its name, else the site of its submission.
    public func title(of task: TaskEntry) -> String {
        name(of: task) ?? site(of: task)?.description ?? Self.unnamed
    }
}

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
