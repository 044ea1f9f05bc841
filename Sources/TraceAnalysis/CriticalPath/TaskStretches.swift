/// Where the time of a part of a task went: of a segment of the critical path.
struct TaskStretches {
    private let run: Run
    /// By worker, in the order of their ends.
    private let stretches: [UInt32: [Run.Stretch]]
    /// The waits of the tasks asked about.
    private let waits: [UInt64: [Run.Wait]]

    /// - Parameter tasks: The tasks that will be asked about.
    init(_ run: Run, of tasks: Set<UInt64>) {
        self.run = run
        stretches = Dictionary(grouping: run.stretches, by: \.worker).mapValues { $0.sorted { $0.end < $1.end } }
        waits = Dictionary(grouping: run.waits.lazy.filter { tasks.contains($0.task) }, by: \.task)
    }

    /// Where the time went in which a task ran and waited for no other; `nil` where that was not measured.
    func split(of number: UInt64, from start: UInt64, to end: UInt64) -> TimeSplit? {
        guard end > start, let worker = worker(of: number, at: start + (end - start) / 2),
            let all = stretches[worker]
        else { return nil }
        var (onCPU, ready, measured) = (0.0, 0.0, 0.0)
        for stretch in all[first(in: all, endingAfter: start)...] {
            guard stretch.start < end else { break }
            let part = Double(min(end, stretch.end) - max(start, stretch.start))
            // A worker whose task waits for another is blocked: that was no part of its run.
            let waited = waited(number, in: stretch)
            let ran = stretch.end - stretch.start - waited
            guard ran > 0 else { continue }
            let share = min(1, part / Double(ran))
            measured += part
            onCPU += min(Double(stretch.onCPU), Double(ran)) * share
            ready += min(Double(stretch.ready), Double(ran)) * share
        }
        let length = end - start
        guard measured >= 0.99 * Double(length) else { return nil }
        let known = min(length, UInt64(onCPU.rounded()))
        let waiting = min(length - known, UInt64(ready.rounded()))
        return TimeSplit(onCPU: known, ready: waiting, blocked: length - known - waiting)
    }

    private func worker(of number: UInt64, at time: UInt64) -> UInt32? {
        guard let position = run.tasks.position(of: number) else { return nil }
        let task = run.tasks.entries[position]
        guard task.wasSuspended, let suspensions = run.suspensions[number] else {
            return task.worker == TaskEntry.noWorker ? nil : task.worker
        }
        return suspensions.segment(at: time)?.worker
    }

    private func waited(_ number: UInt64, in stretch: Run.Stretch) -> UInt64 {
        let all = waits[number, default: []].reduce(UInt64(0)) { sum, wait in
            let (low, high) = (max(wait.start, stretch.start), min(wait.ended ?? run.end, stretch.end))
            return high > low ? sum &+ (high - low) : sum
        }
        return min(all, stretch.end - stretch.start)
    }

    private func first(in stretches: [Run.Stretch], endingAfter time: UInt64) -> Int {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].end <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
