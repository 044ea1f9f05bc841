// What the bridges to swift-log, swift-distributed-tracing and swift-metrics make of a pool's tasks, the same in every
// mode: `context-cases NAME` runs one and prints what the package's own test backend has got.
import Glibc
import PoolTrace

struct Broken: Error, CustomStringConvertible {
    let part: Int
    var description: String { "broken part \(part)" }
}

let cases: [String: () async throws -> Void] = [
    "loggers": loggers, "spans": spans, "async spans": asyncSpans, "metrics": metrics,
    "process metrics": processMetrics,
    "together": together,
]

guard CommandLine.arguments.count > 1, let run = cases[CommandLine.arguments[1]] else {
    print("expected one of \(cases.keys.sorted())")
    exit(64)
}
try await run()
