import Foundation

/// Measures the rows of a group: in each round every row once, in order, each in its host's process.
struct Runner {
    /// How long a group may repeat rounds that were disturbed.
    private static let patience = Duration.seconds(20)

    let places: Places
    /// Called with a line on how far it is.
    let progress: (String) -> Void

    /// - Returns: A result for each row, and what is to be said about the hosts.
    func measure(_ rows: [Row], rounds: Int) -> (results: [RowResult], notes: [String]) {
        var results = rows.map { RowResult(row: $0) }
        var hosts: [String: HostProcess] = [:]
        var repeated = Repeated()
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            for index in results.indices where results[index].problem == nil {
                let row = results[index].row
                guard round <= row.mostRounds else { continue }
                do {
                    let host = try hosts[row.host.name] ?? HostProcess(row.host, places: places)
                    hosts[row.host.name] = host
                    results[index].samples.append(try repeated.untilUndisturbed { try host.round(row) })
                } catch {
                    results[index].problem = String(describing: error)
                    results[index].samples = []
                }
            }
        }
        let notes = hosts.sorted { $0.key < $1.key }.compactMap { $0.value.end() }
        return (results, notes + [repeated.note].compactMap { $0 })
    }

    /// Rounds that the hypervisor took much of, and that were therefore done again, whatever their figure was.
    private struct Repeated {
        private var rounds = 0
        private var time = Duration.zero

        /// The first round that lost less than a twentieth of the processors' time; any round, once patience is at an
        /// end.
        mutating func untilUndisturbed(_ round: () throws -> Sample) rethrows -> Sample {
            while true {
                let (before, start) = (Machine.Time.now, ContinuousClock.now)
                let sample = try round()
                let after = Machine.Time.now
                let isUndisturbed = after.stolen - before.stolen < 0.05 * (after.total - before.total)
                guard !isUndisturbed, time < patience else { return sample }
                rounds += 1
                time += ContinuousClock.now - start
            }
        }

        var note: String? {
            rounds == 0 ? nil : "rounds done again, as the hypervisor took more than a twentieth of them: \(rounds)"
        }
    }
}
