import Foundation

/// Measures the rows of a group: in each round every row once, in order, each in its host's process.
struct Runner {
    let places: Places
    /// Called with a line on how far it is.
    let progress: (String) -> Void

    /// - Returns: A result for each row, and what is to be said about the hosts.
    func measure(_ rows: [Row], rounds: Int) -> (results: [RowResult], notes: [String]) {
        var results = rows.map { RowResult(row: $0) }
        var hosts: [String: HostProcess] = [:]
        for round in 1...rounds {
            progress("round \(round) of \(rounds)")
            for index in results.indices where results[index].problem == nil {
                let row = results[index].row
                do {
                    let host = try hosts[row.host.name] ?? HostProcess(row.host, places: places)
                    hosts[row.host.name] = host
                    results[index].samples.append(try host.round(row))
                } catch {
                    results[index].problem = String(describing: error)
                    results[index].samples = []
                }
            }
        }
        let notes = hosts.sorted { $0.key < $1.key }.compactMap { $0.value.end() }
        return (results, notes)
    }
}
