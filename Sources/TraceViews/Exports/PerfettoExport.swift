public import TraceAnalysis

/// Runs for ui.perfetto.dev, as Perfetto's protocol buffers.
///
/// A process is a process, a worker a thread, with its tasks (category `task`, one slice each), the later segments of
/// async tasks (`segment`) and waits (`wait`) as slices. The moment of a submission (`submit`) is on the submitter's
/// row, with a flow to the start of the task; failures (`failure`) and marks (`mark`) are moments on rows of their own.
/// A pool has two counters.
public struct PerfettoExport: RunExport {
    /// Makes the export.
    public init() {}

    /// Writes the runs as one document.
    public func write(_ runs: [Run], to sink: @escaping ByteSink) {
        var writer = ProtobufWriter(to: sink)
        var numbers = ExportNumbers()
        Self.clocks(runs.map(\.start).min() ?? 0, to: &writer)
        for (index, run) in runs.enumerated() {
            let packets = PerfettoPackets(to: writer, run: index)
            var one = PerfettoRun(run, pid: numbers.take(run.pid), numbers: numbers, packets: packets)
            one.write()
            (writer, numbers) = (one.packets.writer, one.numbers)
        }
        writer.finish()
    }

    /// Timestamps are on the default clock; where they count from 1970, that is said, so that the reader can show
    /// dates.
    private static func clocks(_ start: UInt64, to writer: inout ProtobufWriter) {
        typealias Fields = PerfettoFields.ClockSnapshot
        guard start > 1_000_000_000_000_000_000 else { return }
        writer.message(PerfettoFields.Trace.packet) { packet in
            packet.varint(PerfettoFields.TracePacket.timestamp, start)
            packet.message(PerfettoFields.TracePacket.clockSnapshot) { snapshot in
                for clock in [Fields.Clock.boottime, Fields.Clock.realtime] {
                    snapshot.message(Fields.clocks) { message in
                        message.varint(Fields.Clock.clockID, clock)
                        message.varint(Fields.Clock.timestamp, start)
                    }
                }
            }
        }
    }
}
