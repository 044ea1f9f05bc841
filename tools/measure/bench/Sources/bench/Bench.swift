import ArgumentParser
import CBench
import Foundation

/// Measures PoolTrace beside its peers and prints one table.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools/measure/bench/run",
        abstract: "Measures PoolTrace beside its peers, in turns, and prints one table.",
        discussion: "Without a group: all of them. The exit status is 0 whether or not targets were reached.")

    @Argument(help: "Which groups: \(Group.allCases.map(\.rawValue).joined(separator: ", ")).")
    var groups: [Group] = []

    @Option(help: "Measure these rows alone, by id, separated by commas; what they are compared with comes along.")
    var rows: String?

    @Option(help: "How many rounds instead of each group's own number.")
    var rounds: Int?

    @Option(help: "Write the run as JSON to this file.")
    var json: String?

    @Option(help: "Write the table as Markdown to this file.")
    var markdown: String?

    @Option(help: .hidden)
    var products: String?

    @Option(help: .hidden)
    var peers: String?

    @Option(help: .hidden)
    var scratch: String?

    @Option(help: .hidden)
    var version = "of an unknown version"

    @Flag(help: .hidden)
    var host = false

    @Option(help: .hidden)
    var recordRun: Int?

    @Flag(help: .hidden)
    var pacedRun = false

    @Option(help: .hidden)
    var failingRun: String?

    func validate() throws {
        if let rounds, !(1...10_000).contains(rounds) {
            throw ValidationError("'--rounds' takes a number from 1 to 10000, not \(rounds)")
        }
        for id in wanted where Group.row(id) == nil {
            let known = Group.allCases.flatMap(\.rows).map(\.id).joined(separator: ", ")
            throw ValidationError("no row is called '\(id)': there are \(known)")
        }
    }

    func run() throws {
        if host { return try HostLoop.run() }
        if pacedRun { return try PacedRun.run() }
        if let failingRun { return try FailingRun.run(caught: failingRun == "caught") }
        if let recordRun { return try RecordedRun.run(tasks: recordRun) }
        guard let products, let peers, let scratch else {
            throw ValidationError("start me as tools/measure/bench/run, which builds what I need")
        }
        signal(SIGPIPE, SIG_IGN)
        let report = measure(Places(products: products, peers: peers, scratch: scratch))
        print(report.text, terminator: "")
        if let json { try report.json().write(to: URL(fileURLWithPath: json)) }
        if let markdown { try Data(report.markdown.utf8).write(to: URL(fileURLWithPath: markdown)) }
    }

    // MARK: Private

    private var wanted: [String] { rows?.split(separator: ",").map(String.init) ?? [] }

    private func measure(_ places: Places) -> Report {
        let machine = Machine(scratch: places.scratch)
        let before = Machine.Time.now
        let start = ContinuousClock.now
        var results: [RowResult] = []
        var notes: [String] = []
        for group in groups.isEmpty ? Group.allCases : groups {
            let runner = Runner(places: places) { Self.progress("\(group.rawValue): \($0)") }
            let measured = runner.measure(selected(group), rounds: rounds ?? group.rounds)
            results += measured.results
            notes += measured.notes.map { "\(group.rawValue): \($0)" }
        }
        Self.progress("")
        // All hosts have ended by now, and their children before them.
        let own = Double(bench_cpu(false) + bench_cpu(true)) / 1e9
        let after = Machine.Time.now
        let total = max(after.total - before.total, .leastNonzeroMagnitude)
        return Report(
            machine: machine, version: version, results: results, notes: notes,
            stolen: (after.stolen - before.stolen) / total, others: max(0, after.busy - before.busy - own) / total,
            seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// The group's rows, or those that were asked for and the rows that they are compared with, and so on.
    private func selected(_ group: Group) -> [Row] {
        guard rows != nil else { return group.rows }
        var ids = Set(wanted)
        var count = -1
        while count != ids.count {
            count = ids.count
            for row in group.rows where ids.contains(row.id) { ids.formUnion(row.targets.compactMap(\.peer)) }
        }
        return group.rows.filter { ids.contains($0.id) }
    }

    /// One line that is written over, on a terminal alone.
    private static func progress(_ line: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(line)".utf8))
    }
}
