internal import TraceAnalysis
internal import TraceViews

/// Reads traces for a full-screen view: what is read so far is shown while the rest is.
enum TraceReading {
    static func read(_ traces: [String], to mailbox: ViewMailbox) {
        var source = ViewedSource(name: traces.joined(separator: " "))
        var runs: [ShownRun] = []
        var notes: [String] = []
        var before = 0
        for trace in traces {
            let done = runs
            var read = 0
            let observer = RunReader.Observer(
                progress: { count in
                    read = count
                    source.eventsRead = before + count
                    mailbox.post(source: source)
                },
                early: { mailbox.post(runs: done + $0.map(ShownRun.init)) })
            source.eventsRead = before
            mailbox.post(source: source)
            do {
                let reading = try RunReader.read(trace, observer: observer)
                if reading.damageCount > 0 {
                    let first = reading.damage.first ?? ""
                    notes.append("\(reading.damageCount) damaged: \(first)")
                }
                runs += reading.runs.map(ShownRun.init)
            } catch {
                notes.append("\(error)")
            }
            before += read
        }
        source.eventsRead = nil
        source.note = notes.joined(separator: "; ")
        mailbox.post(runs: runs, source: source)
    }
}
