import CBench

/// Wall time and processor time of one stretch of code.
struct Stopwatch {
    private let wall: UInt64
    private let cpu: UInt64
    private let ofChildren: Bool

    init(ofChildren: Bool = false) {
        self.ofChildren = ofChildren
        cpu = bench_cpu(ofChildren)
        wall = bench_monotonic()
    }

    /// Stops, for a stretch that did `count` units.
    func stop(count: Int, note: String? = nil) -> Sample {
        let wall = Double(bench_monotonic() - wall)
        let cpu = Double(bench_cpu(ofChildren) - cpu)
        return Sample(nanoseconds: wall / Double(count), processors: cpu / wall, note: note)
    }
}
