import CBench
import CPoolRecorder
import Foundation

/// A recorded run of a million tasks: its size, and how long each view and each export of it takes.
enum ViewGroup {
    static let rows =
        [
            row("view", "view", ["view"], .atMost(seconds: 2), check: tellsOfAll),
            disk,
            row("view-stats", "stats", ["stats"], .atMost(seconds: 2), check: tellsOfAll),
            row("view-path", "critical-path", ["critical-path"], .atMost(seconds: 2)),
            row(
                "view-tasks", "tasks --format csv", ["tasks", "--format", "csv"], .atMost(seconds: 5), check: holdsAll),
            row("view-html", "view --html", ["view", "--html"], .atMost(seconds: 5), toFile: true, check: holdsAll),
            page,
        ]
        + [("perfetto", 5.0), ("chrome", 10), ("csv", 5), ("json", 5), ("sqlite", 10), ("otlp", 10)].map {
            row(
                "export-\($0)", "export --to \($0)", ["export", "--to", $0, "-o"], .atMost(seconds: $1),
                toFile: true, check: holdsAll)
        }

    private static func row(
        _ id: String, _ title: String, _ arguments: [String], _ target: Target, toFile: Bool = false,
        check: @escaping @Sendable (_ output: String) throws -> Void = isNotEmpty
    ) -> Row {
        Row(id, "pooltrace \(title), 1,000,000 tasks", .seconds, in: .tool, [target]) {
            let places = try Places.inherited()
            let trace = try million(places)
            let output = places.scratch + "/\(id).out"
            return {
                let watch = Stopwatch(ofChildren: true)
                try ChildProgram.run(
                    places.pooltrace, arguments + (toFile ? [output, trace] : [trace]),
                    output: toFile ? nil : output)
                var sample = watch.stop(count: 1)
                try check(output)
                sample.note = "\(try size(ofFile: output) >> 10) KiB"
                return sample
            }
        }
    }

    private static let page = Row(
        "page", "opening that page in Chromium, until it is drawn", .seconds, in: .tool, threads: 0,
        [.atMost(seconds: 3)], mostRounds: 3
    ) {
        let places = try Places.inherited()
        let program = places.peers + "/page"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BenchError("there is no Chromium, or tools/check/oracles failed")
        }
        let (page, output) = (places.scratch + "/page.html", places.scratch + "/page.txt")
        try ChildProgram.run(places.pooltrace, ["view", try million(places), "--html", page])
        return {
            try ChildProgram.run(program, [page], output: output)
            let text = try String(contentsOfFile: output, encoding: .utf8)
            guard let seconds = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw BenchError("\(program) printed \(text.prefix(200))")
            }
            return Sample(nanoseconds: seconds * 1e9, processors: 0)
        }
    }

    /// The directory of the run, recorded when it is first asked for.
    private static func million(_ places: Places) throws -> String {
        let trace = places.scratch + "/million"
        if !FileManager.default.fileExists(atPath: trace) { try record(into: trace, places: places) }
        return trace
    }

    private static let disk = Row(
        "disk", "a trace of 1,000,000 tasks, an event", .bytes, in: .tool, threads: 0, [.atMost(bytes: 20)]
    ) {
        let places = try Places.inherited()
        let trace = places.scratch + "/disk"
        return {
            let watch = Stopwatch(ofChildren: true)
            try record(into: trace, places: places)
            let processors = watch.stop(count: 1).processors
            let size = try size(ofFolder: trace)
            try FileManager.default.removeItem(atPath: trace)
            // Submit, start and end; the few others only make the figure larger.
            return Sample(nanoseconds: Double(size) / Double(3 * PoolGroup.count), processors: processors)
        }
    }

    private static func record(into trace: String, places: Places) throws {
        try ChildProgram.run(
            RecordedRun.program, RecordedRun.arguments(tasks: PoolGroup.count),
            environment: ["POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off", "POOLTRACE_RING": "on"],
            output: places.scratch + "/record.txt")
    }

    private static func size(ofFolder folder: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            try sum + size(ofFile: "\(folder)/\(name)")
        }
    }

    private static func size(ofFile path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber ?? 0).intValue
    }

    /// The view must have seen all of the tasks.
    private static func tellsOfAll(_ output: String) throws {
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard text.contains("1000000") || text.contains("1,000,000") else {
            throw BenchError("\(output) does not show 1,000,000 tasks: \(text.prefix(200))")
        }
    }

    /// A million tasks take some bytes each in any format.
    private static func holdsAll(_ output: String) throws {
        guard try size(ofFile: output) > 5 * PoolGroup.count else { throw BenchError("\(output) is too short") }
    }

    private static func isNotEmpty(_ output: String) throws {
        guard try size(ofFile: output) > 0 else { throw BenchError("\(output) is empty") }
    }
}
