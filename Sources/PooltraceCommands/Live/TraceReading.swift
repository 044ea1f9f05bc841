internal import CommandSystem
internal import Glibc
internal import RingAccess
internal import TraceAnalysis
internal import TraceViews

/// Reads traces for a full-screen view: what is read so far is shown while the rest is, and what a process goes on
/// recording after that.
enum TraceReading {
    static func read(_ traces: [String], to mailbox: ViewMailbox) {
        var source = ViewedSource(name: traces.joined(separator: " "))
        var runs: [ShownRun] = []
        var notes: [String] = []
        var before = 0
        var last: (reader: RunReader, others: [ShownRun])?
        for trace in traces {
            // Only the one named last is followed.
            last = nil
            let done = runs
            var read = 0
            let observer = RunReader.Observer(
                progress: { count in
                    read = count
                    source.eventsRead = before + count
                    mailbox.post(source: source)
                },
                early: { mailbox.post(runs: done + $0.map { ShownRun($0) }) })
            source.eventsRead = before
            mailbox.post(source: source)
            do {
                var reader = RunReader(trace: trace)
                try reader.read(trace, observer: observer)
                let reading = reader.reading
                if reading.damageCount > 0 {
                    let first = reading.damage.first ?? ""
                    notes.append("\(Counted.text(reading.damageCount, "corrupt section")): \(first)")
                }
                last = (reader, runs)
                runs += reading.runs.map { ShownRun($0) }
            } catch {
                notes.append("\(error)")
            }
            before += read
        }
        source.eventsRead = nil
        source.note = notes.joined(separator: "; ")
        mailbox.post(runs: runs, source: source)
        if let trace = traces.last, let last, let (process, rings) = recorded(trace, last.reader) {
            var following = LiveReading(
                following: process, rings, after: last.reader, beside: last.others, source: source, to: mailbox)
            following.run()
        } else {
            mailbox.post(lints: runs.map(\.run.lints))
        }
    }

    /// The process that records into a directory, and the rings there; nil where it has ended.
    private static func recorded(_ trace: String, _ reader: RunReader) -> (Int32, [(name: String, ring: any LiveRing)])?
    {
        guard let run = reader.reading.runs.first, run.status == nil,
            let process = run.pid.flatMap({ Int32(exactly: $0) }), process > 0, ProcessState.isAlive(process),
            case let rings = FolderRing.rings(in: trace), !rings.isEmpty
        else { return nil }
        return (process, rings)
    }
}
