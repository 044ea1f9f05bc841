internal import Glibc
internal import PoolModel
internal import TraceAnalysis

/// How many samples there are, of what period, by which method, and what was lost, in words.
struct ProfileAccount {
    private let run: Run
    private let profile: Profile

    init(_ run: Run, _ profile: Profile) { (self.run, self.profile) = (run, profile) }

    /// One sentence.
    var sentence: String {
        guard let sampling = run.sampling else {
            return run.samples.all.isEmpty
                ? "none: record the program with 'pooltrace run --sample', or with POOLTRACE_SAMPLE=1ms" : known(nil)
        }
        guard profile.amount.samples > 0 else { return none(sampling) }
        return known(sampling)
    }

    private func none(_ sampling: PoolEvent.Sampling) -> String {
        let others = run.samples.all.isEmpty ? "" : "; the trace has \(run.samples.all.count) others"
        guard profile.aspect == .blocked else {
            return "none of tasks on a processor, at one each \(text(sampling.period)) of processor time\(others)"
        }
        return sampling.blocked == 0
            ? "none: in serial mode, and with POOLTRACE_BLOCKED=off, no stacks of blocked tasks are read\(others)"
            : "none: no task was blocked for \(text(sampling.blocked)) or longer\(others)"
    }

    private func known(_ sampling: PoolEvent.Sampling?) -> String {
        let count = Counted.text(profile.amount.samples, "sample")
        guard profile.aspect == .cpu else {
            let limit = sampling.map { ", each of a task that was blocked for \(text($0.blocked)) or longer" } ?? ""
            return "\(count) for \(text(profile.amount.weight))\(limit)"
        }
        let each = text(profile.amount.weight / UInt64(profile.amount.samples))
        let perf = run.samples.counts[.perf] ?? 0, timer = run.samples.counts[.timer] ?? 0
        let method =
            timer == 0
            ? "perf events, in user mode"
            : perf == 0
                ? "timers, at the kernel's tick" : "perf events (\(perf)) and, at the kernel's tick, timers (\(timer))"
        return "\(count) for \(text(profile.amount.weight)) on a processor, one for each \(each) by \(method)"
    }

    /// What is missing.
    var warnings: [String] {
        guard let sampling = run.sampling else { return [] }
        var warnings: [String] = []
        if sampling.lost > 0 {
            warnings.append("\(Counted.text(Int(clamping: sampling.lost), "sample")) found no room")
        }
        if sampling.unsampled > 0 {
            warnings.append("\(Counted.text(Int(sampling.unsampled), "thread")) got no timer, and no samples")
        }
        if profile.aspect == .cpu, sampling.perfError != 0 {
            let reason = String(cString: strerror(sampling.perfError))
            warnings.append(
                "the kernel refuses perf events (\(reason)): samples are taken at its tick, seldom more than 250 a second"
            )
        }
        if profile.withoutStack.samples > 0 {
            warnings.append(
                "\(Counted.text(profile.withoutStack.samples, "sample")) for \(text(profile.withoutStack.weight)) "
                    + "without a stack: it could not be followed to the task's body")
        }
        if !profile.lostModules.isEmpty {
            let files = profile.lostModules.map { TerminalText.escape($0) }.joined(separator: ", ")
            warnings.append(
                "no names of functions in \(files): it is not there any more, or has been built again since")
        }
        if run.loss.discarded > 0 { warnings.append("events were discarded, samples may be among them") }
        return warnings
    }

    private func text(_ time: UInt64) -> String { DurationText.text(nanoseconds: time) }
}
