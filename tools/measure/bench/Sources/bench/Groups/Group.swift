import ArgumentParser

/// Rows that are measured in turns: round 1 of each, round 2 of each, and so on.
enum Group: String, CaseIterable, ExpressibleByArgument {
    case record, pool, future, fork, map, trip, life, process, async, `throw`, failure, view, watch, decode

    var rows: [Row] {
        switch self {
        case .record: RecordGroup.rows
        case .pool: PoolGroup.rows
        case .future: FutureGroup.rows
        case .fork: ForkGroup.rows
        case .map: MapGroup.rows
        case .trip: TripGroup.rows
        case .life: LifeGroup.rows
        case .process: ProcessGroup.rows
        case .async: AsyncGroup.rows
        case .throw: ThrowGroup.rows
        case .failure: FailureGroup.rows
        case .view: ViewGroup.rows
        case .watch: WatchGroup.rows
        case .decode: DecodeGroup.rows
        }
    }

    /// Rounds of a full run: together they take less than a quarter of an hour, a third of which is babeltrace2's.
    var rounds: Int {
        switch self {
        case .record: 40
        case .pool: 9
        case .future: 15
        case .fork: 9
        case .map: 15
        case .trip: 25
        case .life: 9
        case .process: 9
        case .async: 9
        case .throw: 30
        case .failure: 15
        case .view: 5
        case .watch: 9
        case .decode: 3
        }
    }

    /// The row with an id, of any group.
    static func row(_ id: String) -> Row? {
        allCases.lazy.flatMap(\.rows).first { $0.id == id }
    }
}
