/// What a run can be exported to.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// Perfetto's protocol buffers, for ui.perfetto.dev.
    case perfetto
    /// The JSON of Chrome's trace viewer.
    case chrome
    /// One table of comma-separated values.
    case csv
    /// The document of `pooltrace view --format json`.
    case json
    /// A database.
    case sqlite
    /// Spans of OpenTelemetry.
    case otlp

    /// What writes it as a stream of bytes; `nil` for a database, which `SQLiteExport` writes into a file.
    public var stream: (any RunExport)? {
        switch self {
        case .perfetto: PerfettoExport()
        case .chrome: ChromeExport()
        case .csv: CSVExport()
        case .json: JSONExport()
        case .otlp: OTLPExport()
        case .sqlite: nil
        }
    }
}
