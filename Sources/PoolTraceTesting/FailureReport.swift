import Foundation
import PoolTrace
import Testing

/// The report of a test that failed in some order.
struct FailureReport {
    let test: Test
    let found: Search.Found

    private var failure: TestRun.Failure { found.failure }

    /// Where the first of the issues is, or the test.
    var sourceLocation: SourceLocation {
        guard let place = failure.issues.first?.place, place.line > 0, place.column > 0, place.fileID.contains("/")
        else {
            return test.sourceLocation
        }
        let path = place.filePath ?? place._filePath ?? place.fileID
        return SourceLocation(fileID: place.fileID, filePath: path, line: place.line, column: place.column)
    }

    var text: String {
        let rerun =
            found.order.environment.map { "\($0.name)=\($0.value)" }
            + ["swift test --no-parallel --filter", TestFilter.typed(for: test)]
        var lines = what
        lines.append("order     \(found.order)\(place)")
        if found.failsAgain == false {
            lines.append("          It passed when run again in the same order, so it depends on more than the order.")
        }
        lines.append("run it    \(rerun.joined(separator: " "))")
        if let trace = failure.trace { lines.append("trace     pooltrace view \(trace)") }
        lines.append("output    \(failure.error)")
        return lines.joined(separator: "\n")
    }

    private var place: String {
        guard let (number, count) = found.place else { return "" }
        let before =
            number == 1 ? "" : number == 2 ? "; the one before it passed" : "; the \(number - 1) before it passed"
        return " (\(number) of \(count) orders\(before))"
    }

    /// The issues, and how it ended if not by them.
    private var what: [String] {
        let most = 5
        var lines = failure.issues.prefix(most).enumerated().map { index, issue in
            let argument = issue.arguments.map { " (argument \($0))" } ?? ""
            let place = index == 0 ? "" : issue.place.map { " at \($0.fileID):\($0.line)" } ?? ""
            return Self.escape(issue.text) + TerminalText.escape(argument + place)
        }
        if failure.issues.count > most { lines.append("and \(failure.issues.count - most) more issues") }
        switch failure.ending {
        case .exited(let code):
            if !failure.hasRun {
                lines.append("The test's own process ended with status \(code) before the test had begun")
            } else if failure.issues.isEmpty {
                lines.append("The test's own process ended with status \(code)")
            }
        case .signalled(let signal): lines.append("The test's own process was killed by signal \(signal)")
        case .overran(let limit): lines.append("The test had not ended after \(limit)")
        case .cancelled: lines.append("The test was cancelled before it had ended")
        case .notStarted(let code): lines.append("No process could be started: \(String(cString: strerror(code)))")
        }
        if failure.issues.isEmpty { lines += said }
        return lines
    }

    /// What it printed on standard error, except for what the testing library says there; a crash is reported at the
    /// beginning.
    private var said: [String] {
        let most = 16
        let bytes = (FileManager.default.contents(atPath: failure.error) ?? Data()).prefix(64 << 10)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter {
            !"◇↳✔✘➜".contains($0.first ?? " ")
        }
        return lines.prefix(most).map { "  " + TerminalText.escape($0) } + (lines.count > most ? ["  ..."] : [])
    }

    private static func escape(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { TerminalText.escape($0) }
            .joined(separator: "\n")
    }
}
