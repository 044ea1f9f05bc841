import CBench
import Foundation

/// The full-screen view: of a recorded run of ten million events, and of a program that runs.
enum WatchGroup {
    private static let tasks = 3_333_334
    private static let seconds = 2.0

    static let rows = recorded("", "a ring", recordRing) + recorded("-lttng", "LTTng", recordSession) + live

    // MARK: A recorded run

    private static func recorded(
        _ suffix: String, _ title: String, _ record: @escaping @Sendable (Places) throws -> String
    ) -> [Row] {
        [
            Row(
                "picture\(suffix)", "view -i, 10,000,000 events of \(title): the first picture", .seconds, in: .tool,
                threads: 0, [.atMost(seconds: 1)]
            ) {
                let places = try Places.inherited()
                let trace = try record(places)
                return {
                    let view = try TerminalProgram(places.pooltrace, ["view", "-i", trace])
                    let time = try view.wait(for: "a column is")
                    return Sample(nanoseconds: time, processors: 0)
                }
            },
            Row(
                "picture-memory\(suffix)", "view -i of it: the most memory, every pane looked at", .mebibytes,
                in: .tool,
                threads: 0, [.atMost(mebibytes: 200)], mostRounds: 2, warmsUp: false
            ) {
                let places = try Places.inherited()
                let trace = try record(places)
                return {
                    let view = try TerminalProgram(places.pooltrace, ["view", "-i", trace])
                    _ = try view.wait(for: "a column is")
                    try view.waitUntilRead()
                    for key in ["2", "G", "s", "s", "s", "\r", "4", "3", "1"] { _ = try view.press(key) }
                    return Sample(nanoseconds: try view.peakMebibytes(), processors: 0)
                }
            },
            Row(
                "picture-frame\(suffix)", "view -i of it: the slowest frame of zooming, panning and scrolling",
                .milliseconds,
                in: .tool, threads: 0, [.atMost(milliseconds: 16)], mostRounds: 2, warmsUp: false
            ) {
                let places = try Places.inherited()
                let trace = try record(places)
                return {
                    let view = try TerminalProgram(places.pooltrace, ["view", "-i", trace])
                    _ = try view.wait(for: "a column is")
                    try view.waitUntilRead()
                    var slowest = 0.0
                    func press(_ keys: String) throws {
                        for key in keys { slowest = max(slowest, try view.press("\(key)") ?? 0) }
                    }
                    try press("lll" + String(repeating: "+L", count: 20) + String(repeating: "-H", count: 20) + "+0")
                    // The list is made when it is first shown: that is no scrolling.
                    _ = try view.press("2")
                    try press("jjjkGkkgj")
                    return Sample(nanoseconds: slowest, processors: 0)
                }
            },
        ]
    }

    private static func recordRing(_ places: Places) throws -> String {
        let path = "\(places.scratch)/watch-ring"
        if !FileManager.default.fileExists(atPath: path) { try DecodeTrace.recordRing(path, tasks: tasks) }
        return path
    }

    private static func recordSession(_ places: Places) throws -> String {
        let path = "\(places.scratch)/watch-lttng"
        if !FileManager.default.fileExists(atPath: path) {
            try DecodeTrace(id: "watch", title: "").recordSession(path, places, tasks: tasks)
        }
        return path
    }

    // MARK: A program that runs

    private static let live = [
        Row(
            "watched", "top: its own processor time, at 100,000 tasks a second", .idle, in: .tool, threads: 0,
            [.atMost(nanoseconds: 20_000_000)], mostRounds: 5, warmsUp: false
        ) {
            let places = try Places.inherited()
            return {
                let program = try PacedRun()
                let view = try top(of: program, places)
                let before = try view.processorTime()
                let watch = Stopwatch()
                try view.drain(seconds: 2 * seconds)
                let wall = watch.stop(count: 1).nanoseconds
                withExtendedLifetime(program) {}
                return Sample(nanoseconds: Double(try view.processorTime() - before) / wall * 1e9, processors: 0)
            }
        },
        Row("unseen", "a program of 100,000 tasks a second, nobody looks", .task, in: .tool, threads: 0) {
            {
                let program = try PacedRun()
                return try processorTime(of: program) { usleep(UInt32(seconds * 1e6)) }
            }
        },
        Row(
            "seen", "the same program beside top", .task, in: .tool, threads: 0, [.atMost(1.01, of: "unseen")]
        ) {
            let places = try Places.inherited()
            return {
                let program = try PacedRun()
                let view = try top(of: program, places)
                return try processorTime(of: program) { try view.drain(seconds: seconds) }
            }
        },
    ]

    /// A view of the program that has drawn a picture.
    private static func top(of program: PacedRun, _ places: Places) throws -> TerminalProgram {
        // It answers once it records.
        _ = try program.state()
        let view = try TerminalProgram(places.pooltrace, ["top", "\(program.number)"])
        _ = try view.wait(for: "a column is")
        return view
    }

    /// The program's processor time for a task, while something else happens.
    private static func processorTime(of program: PacedRun, _ meanwhile: () throws -> Void) throws -> Sample {
        let before = try program.state()
        try meanwhile()
        let after = try program.state()
        let tasks = after.tasks - before.tasks
        guard tasks > UInt64(Double(PacedRun.rate) * seconds * 0.9) else {
            throw BenchError("only \(tasks) tasks in \(seconds) s: the machine is too busy")
        }
        return Sample(
            nanoseconds: Double(after.processorTime - before.processorTime) / Double(tasks), processors: 0)
    }
}
