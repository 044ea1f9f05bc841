import MetricsTestKit
import PoolTrace
import PoolTraceMetrics

func metrics() throws {
    let factory = TestMetrics()
    let pool = try ThreadPool(
        name: "files", workers: 2,
        configuration: PoolConfiguration(observers: [MetricsObserver(factory: factory)]))
    _ = try? pool.map(0..<10, name: "page") { if $0 % 5 == 0 { throw Broken(part: $0) } }
    try pool.submit {}.value()
    try pool.shutdown()
    // Submitted by a task of the only worker, so that they wait until they are cancelled.
    let one = try ThreadPool(
        name: "one", workers: 1, configuration: PoolConfiguration(observers: [MetricsObserver(factory: factory)]))
    try one.submit(name: "outer") {
        for future in (0..<3).map({ _ in one.submit(name: "queued") {} }) { future.cancel() }
    }.value()
    try one.shutdown()
    show(factory)
}

enum Halve: ProcessTask {
    static func run(_ input: Int) throws -> Int {
        guard input.isMultiple(of: 2) else { throw Broken(part: input) }
        return input / 2
    }
}

func processMetrics() throws {
    let factory = TestMetrics()
    let pool = try ProcessPool(
        name: "halves", workers: 2,
        configuration: ProcessPoolConfiguration(observers: [MetricsObserver(factory: factory)]))
    _ = try? pool.map(Halve.self, over: 0..<10, name: "map")
    _ = try pool.submit(Halve.self, 2, name: "submit").value()
    try pool.shutdown()
    show(factory)
}

/// Prints everything that was counted and timed, without the times.
private func show(_ factory: TestMetrics) {
    func text(_ dimensions: [(String, String)]) -> String {
        dimensions.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }
    var lines: [String] = []
    for counter in factory.counters where counter.totalValue != 0 {
        lines.append("\(counter.label) \(text(counter.dimensions)): \(counter.totalValue)")
    }
    for meter in factory.meters {
        let most = meter.values.max() ?? 0
        lines.append(
            "\(meter.label) \(text(meter.dimensions)): at last \(meter.lastValue ?? -1), ever \(most > 0 ? "some" : "none")"
        )
    }
    for timer in factory.timers where !timer.values.isEmpty {
        let isSane = timer.values.allSatisfy { $0 >= 0 && $0 < 60_000_000_000 }
        lines.append("\(timer.label) \(text(timer.dimensions)): \(timer.values.count) times \(isSane)")
    }
    print(lines.sorted().joined(separator: "\n"))
}
