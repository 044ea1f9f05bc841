import Foundation

// MARK: - For programs

extension Report {
    private struct Document: Encodable {
        struct Line: Encodable {
            let id: String
            let title: String
            let unit: String
            let threads: Int
            /// In nanoseconds or bytes, whatever the unit; nil: not measured.
            let minimum: Double?
            let median: Double?
            let cpuOverWall: Double?
            let comparisons: [Beside]
            /// Every round, in order.
            let rounds: [Sample]
            let problem: String?
        }

        struct Beside: Encodable {
            let peer: String?
            let target: String
            let minimumRatio: Double?
            let medianRatio: Double?
            let reached: String
        }

        let version: String
        let machine: Machine
        let seconds: Double
        let stolen: Double
        let others: Double
        let rows: [Line]
        let remarks: [String]
    }

    func json() throws -> Data {
        let lines = results.map { result in
            let isMeasured = !result.samples.isEmpty
            return Document.Line(
                id: result.row.id, title: result.row.title, unit: result.row.unit.rawValue, threads: result.row.threads,
                minimum: isMeasured ? result.minimum : nil,
                median: isMeasured ? result.median : nil, cpuOverWall: isMeasured ? result.processors : nil,
                comparisons: comparisons(of: result).compactMap { $0 }.map {
                    Document.Beside(
                        peer: $0.peer, target: $0.text, minimumRatio: $0.minimumRatio, medianRatio: $0.medianRatio,
                        reached: outcome($0, of: result))
                }, rounds: result.samples, problem: result.problem)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            Document(
                version: version, machine: machine, seconds: seconds, stolen: stolen, others: others, rows: lines,
                remarks: remarks))
    }
}
