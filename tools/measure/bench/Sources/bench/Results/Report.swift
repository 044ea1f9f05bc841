/// A whole run: every row, what it is compared with, and on which machine.
struct Report {
    let machine: Machine
    /// PoolTrace's commit, as `git describe` has it.
    let version: String
    let results: [RowResult]
    let notes: [String]
    /// Processor time that the hypervisor gave to others during the run, of all processor time: 0...1.
    let stolen: Double
    /// The same that other programs on the machine spent.
    let others: Double
    let seconds: Double

    /// The lines for a row: one for each of its targets, at least one.
    func comparisons(of result: RowResult) -> [Comparison?] {
        guard !result.row.targets.isEmpty else { return [nil] }
        return result.row.targets.map { target in
            Comparison(target, of: result, peer: target.peer.flatMap { id in results.first { $0.row.id == id } })
        }
    }

    static let columns = [
        "row", "unit", "minimum", "median", "beside", "ratio of minimums", "median ratio", "CPU/wall", "target",
        "reached",
    ]

    /// The table's cells as text; a row's second target leaves the row's own cells empty.
    var cells: [[String]] {
        results.flatMap { result in
            comparisons(of: result).enumerated().map { index, comparison in
                let isFirst = index == 0
                return [
                    isFirst ? result.row.title : "",
                    isFirst ? result.row.unit.rawValue : "",
                    isFirst ? figure(result.minimum, result) : "",
                    isFirst ? figure(result.median, result) : "",
                    comparison?.peer ?? "",
                    comparison?.minimumRatio.map(Self.ratio) ?? "",
                    comparison?.medianRatio.map(Self.ratio) ?? "",
                    isFirst && !result.samples.isEmpty
                        ? Decimals.text(result.processors, 2) + (result.wasUndisturbed ? "" : " !") : "",
                    comparison?.text ?? "",
                    comparison.map { outcome($0, of: result) } ?? "",
                ]
            }
        }
    }

    private static func ratio(_ value: Double) -> String { Decimals.text(value, value < 0.1 ? 3 : 2) }

    /// What the target came to; with a mark where one side lacked processors.
    func outcome(_ comparison: Comparison, of result: RowResult) -> String {
        let outcome = comparison.outcome
        guard outcome != .noTarget, outcome != .notMeasured else { return outcome.rawValue }
        let peer = results.first { $0.row.id == comparison.peer }
        return outcome.rawValue + (result.wasUndisturbed && peer?.wasUndisturbed != false ? "" : " ?")
    }

    private func figure(_ nanoseconds: Double, _ result: RowResult) -> String {
        result.samples.isEmpty ? "-" : Decimals.text(nanoseconds * result.row.unit.scale, 2)
    }

    /// What is said below the table.
    var remarks: [String] {
        var lines = notes
        for result in results {
            if let problem = result.problem { lines.append("\(result.row.title): not measured: \(problem)") }
            if let note = result.samples.last?.note { lines.append("\(result.row.title): \(note)") }
        }
        if results.contains(where: { !$0.wasUndisturbed }) {
            lines.append("! fewer processors than the row has threads at work: they slept, or others took them")
            lines.append("? one side is marked with !: measure again while the machine does nothing else")
        }
        lines.append(
            "other programs took \(Decimals.text(others * 100, 1)) % of the processor time, "
                + "the hypervisor \(Decimals.text(stolen * 100, 1)) %"
                + (others + stolen > 0.05 ? ": MEASURE AGAIN, this run says little" : ""))
        return lines
    }

    /// The machine and the run, a line each.
    var circumstances: [String] {
        [
            "\(machine.processor), \(machine.processors) processors, \(machine.memory), Linux \(machine.kernel)",
            "PoolTrace \(version); directory rows on \(machine.fileSystem); load before the run \(machine.loadBefore); "
                + "\(Decimals.text(seconds, 0)) s",
        ]
    }
}

/// Numbers with a fixed count of decimals.
enum Decimals {
    static func text(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "-" }
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(sign)\(scaled / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
