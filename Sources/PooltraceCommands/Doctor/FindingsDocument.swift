internal import PoolModel
internal import TraceViews

/// All that `pooltrace doctor` found out.
struct FindingsDocument: Document {
    private let findings: [Finding]

    init(_ findings: [Finding]) { self.findings = findings }

    /// The worst of the verdicts.
    var worst: Finding.Verdict {
        Finding.Verdict.allCases.last { verdict in findings.contains { $0.verdict == verdict } } ?? .ok
    }

    /// One line for each finding, its remedy at the end.
    func writeText(on screen: Screen, to sink: @escaping ByteSink) {
        let style = screen.style
        let width = (findings.map(\.subject.count).max() ?? 0) + 2
        let lines = findings.map { finding in
            let verdict = TerminalText.fit(finding.verdict.rawValue, to: 9)
            let coloured =
                switch finding.verdict {
                case .ok: style.green(verdict)
                case .warning: style.yellow(verdict)
                case .error: style.red(verdict)
                }
            let remedy = finding.remedy.map { "; type: \(style.bold(TerminalText.escape($0)))" } ?? ""
            let text = TerminalText.fit(finding.subject, to: width) + TerminalText.escape(finding.text)
            return "\(coloured)\(text)\(remedy)\n"
        }
        lines.joined().write(to: sink)
    }

    /// One object: the worst of the verdicts, and all checks.
    func writeJSON(to sink: @escaping ByteSink) {
        var writer = JSONWriter(to: sink)
        writer.object { writer in
            writer.value("schema", "pooltrace.doctor")
            writer.value("version", 1)
            writer.value("status", worst.rawValue)
            writer.lines("checks", findings) { finding, writer in
                writer.value("check", finding.subject)
                writer.value("status", finding.verdict.rawValue)
                writer.value("text", finding.text)
                writer.value("remedy", finding.remedy)
            }
        }
        writer.finish()
    }
}
