public import TraceAnalysis

/// Runs as the JSON of Chrome's trace viewer, which Perfetto, Speedscope and others read too.
///
/// The same rows, slices, flows and counters as `PerfettoExport`, with the categories as `cat`. Times are microseconds
/// since the first run's start, to the nanosecond.
public struct ChromeExport: RunExport {
    /// Makes the export.
    public init() {}

    /// Writes the runs as one document.
    public func write(_ runs: [Run], to sink: @escaping ByteSink) {
        var writer = JSONWriter(to: sink)
        var numbers = ExportNumbers()
        let start = runs.map(\.start).min() ?? 0
        writer.object { document in
            document.value("displayTimeUnit", "ns")
            document.object("otherData") { data in
                data.value("generator", "pooltrace")
                data.value("start_ns", String(start))
            }
            document.array("traceEvents") { events in
                for (index, run) in runs.enumerated() {
                    let own = ChromeEvents(to: events, run: index, start: start, pid: numbers.take(run.pid))
                    var one = ChromeRun(run, numbers: numbers, events: own)
                    one.write()
                    (events, numbers) = (one.events.writer, one.numbers)
                }
            }
        }
        writer.finish()
    }
}
