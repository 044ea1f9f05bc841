internal import ArgumentParser
internal import PoolModel

/// When `run` keeps what the program has just done, in place of all that it does.
struct SnapshotOptions: ParsableArguments {
    @Option(
        name: .customLong("snapshot-when"),
        help: ArgumentHelp(
            "Record into memory, and keep the latest events as a trace each time that a bound is passed: wait>TIME (a task waits in a queue), run>TIME (a task runs), queue>NUMBER (of tasks in one pool), rate(failed)>PERCENT% (of the tasks that ended in the last 10 s, if 20 did); with commas between several.",
            valueName: "bounds"),
        transform: { try SnapshotBound.list($0) })
    var bounds: [SnapshotBound] = []

    @Option(
        name: .customLong("snapshot-every"),
        help: ArgumentHelp("Minimum time between two snapshots (default: 10s).", valueName: "time"),
        transform: { try Quantity.duration($0, in: .zero ... .seconds(100 * 24 * 3600)) })
    var interval: Duration?

    @Option(
        name: .customLong("snapshot-last"),
        help: ArgumentHelp(
            "Number of snapshots to keep; then the oldest is removed (default: 10).", valueName: "count"),
        transform: { try Quantity.number($0, in: 1...1000) })
    var last: Int?

    func validate() throws {
        if bounds.isEmpty, interval != nil || last != nil {
            throw ValidationError("'--snapshot-every' and '--snapshot-last' require '--snapshot-when'")
        }
    }

    /// Whether snapshots are kept, and nothing else.
    var isOn: Bool { !bounds.isEmpty }

    /// The variables that tell the program of it.
    func environment(directory: String) -> [String: String] {
        guard isOn else { return [:] }
        var variables = [
            "POOLTRACE_SNAPSHOT_WHEN": bounds.map(\.description).joined(separator: ","),
            "POOLTRACE_SNAPSHOT_DIR": directory, "POOLTRACE_ON_FAILURE": directory, "POOLTRACE_TRACE": "",
        ]
        if let interval { variables["POOLTRACE_SNAPSHOT_EVERY"] = Quantity.text(interval) }
        if let last { variables["POOLTRACE_SNAPSHOT_LAST"] = String(last) }
        return variables
    }
}
