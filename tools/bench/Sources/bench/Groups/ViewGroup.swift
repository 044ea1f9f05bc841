import CBench
import CPoolRecorder
import Foundation

/// A recorded run of a million tasks: `pooltrace view` of it, and its size.
enum ViewGroup {
    static let rows = [
        Row(
            "view", "pooltrace view, 1,000,000 tasks", .seconds, in: .tool, [.atMost(seconds: 2)]
        ) {
            let places = try Places.inherited()
            let trace = places.scratch + "/million"
            let output = places.scratch + "/view.txt"
            try record(into: trace, places: places)
            let size = try folderSize(trace)
            return {
                let watch = Stopwatch(ofChildren: true)
                try ChildProgram.run(places.pooltrace, ["view", trace], output: output)
                var sample = watch.stop(count: 1)
                try check(output)
                sample.note = "a trace of \(size >> 20) MiB, at most \(bench_largest_child() >> 20) MiB resident"
                return sample
            }
        },
        Row("disk", "a trace of 1,000,000 tasks, an event", .bytes, in: .tool, threads: 0, [.atMost(bytes: 20)]) {
            let places = try Places.inherited()
            let trace = places.scratch + "/disk"
            return {
                let watch = Stopwatch(ofChildren: true)
                try record(into: trace, places: places)
                let processors = watch.stop(count: 1).processors
                let size = try folderSize(trace)
                try FileManager.default.removeItem(atPath: trace)
                // Submit, start and end; the few others only make the figure larger.
                return Sample(nanoseconds: Double(size) / Double(3 * PoolGroup.count), processors: processors)
            }
        },
    ]

    private static func record(into trace: String, places: Places) throws {
        try ChildProgram.run(
            RecordedRun.program, RecordedRun.arguments(tasks: PoolGroup.count),
            environment: ["POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off", "POOLTRACE_RING": "on"],
            output: places.scratch + "/record.txt")
    }

    private static func folderSize(_ folder: String) throws -> Int {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: folder).reduce(0) { sum, name in
            let attributes = try manager.attributesOfItem(atPath: "\(folder)/\(name)")
            return sum + (attributes[.size] as? NSNumber ?? 0).intValue
        }
    }

    /// The view must have seen all of the tasks.
    private static func check(_ output: String) throws {
        let text = try String(contentsOfFile: output, encoding: .utf8)
        guard text.contains("1000000") || text.contains("1,000,000") else {
            throw BenchError("pooltrace view does not tell of 1,000,000 tasks: \(text.prefix(200))")
        }
    }
}
