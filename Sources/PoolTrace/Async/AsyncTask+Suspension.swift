import CPoolRecorder
import PoolModel
import PoolRecorder

extension AsyncTask {
    private static let maximumFrames: UInt32 = 32

    /// Where the task is suspended, innermost first; empty where that is unknown.
    ///
    /// To be asked when nothing runs.
    private var suspension: [Failure.Frame] {
        guard let task = swiftTask else { return [] }
        var addresses = [UInt64](repeating: 0, count: Int(Self.maximumFrames))
        let count = pooltrace_async_chain(task, &addresses, Self.maximumFrames)
        // They are where functions begin, not where they return to.
        let frames = addresses.prefix(Int(count)).flatMap { ThrowSite.frames(at: $0 &+ 1) }
        let known = frames.filter { !$0.file.isEmpty }
        return known.isEmpty ? frames : known
    }

    /// A block of lines on the task and where it is suspended.
    var suspensionText: String {
        var text = "  task \(RunningTask.title(job))\n"
        if job.site != 0 { text += "    submitted  at \(TerminalText.escape("\(Recorder.knownSite(job.site))"))\n" }
        for (index, frame) in suspension.enumerated() {
            let place = frame.file.isEmpty ? "" : " at \(TerminalText.escape(frame.file)):\(frame.line)"
            text += "    \(index == 0 ? "suspended" : "         ")  \(TerminalText.escape(frame.function))\(place)\n"
        }
        return text
    }
}
