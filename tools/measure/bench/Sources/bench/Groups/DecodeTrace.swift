import Foundation

/// A trace that the decode rows read: the events of a pool's run, made when a row first needs it, and kept until the
/// run's end.
struct DecodeTrace: Sendable {
    let id: String
    let title: String
    /// Of a session: each takes every event, so there are two streams a channel, one for each of two processors.
    var channels = 1
    var hasContexts = false
    var isRing = false
    /// Whether babeltrace2's text is measured.
    var hasTextPeer = false
    /// babeltrace2 takes half a minute for it.
    var isSlow = false
    var decodeTargets: [Target] = []
    var textTargets: [Target] = []

    static let all = [
        DecodeTrace(id: "2", title: "LTTng, 2 streams", hasTextPeer: true),
        DecodeTrace(id: "2c", title: "LTTng, 2 streams, contexts", hasContexts: true, hasTextPeer: true),
        DecodeTrace(
            id: "64", title: "LTTng, 64 streams", channels: 32, decodeTargets: [.atMost(2, of: "decode-2")],
            textTargets: [.atMost(2, of: "text-2")]),
        DecodeTrace(
            id: "64c", title: "LTTng, 64 streams, contexts", channels: 32, hasContexts: true, isSlow: true,
            decodeTargets: [.atMost(2, of: "decode-2c")], textTargets: [.atMost(2, of: "text-2c")]),
        DecodeTrace(id: "ring", title: "ring", isRing: true),
    ]

    /// With three events a task more than five million.
    private static let tasks = 1_700_000

    /// - Returns: The trace's directory, and how many events `pooltrace` finds in it.
    func make(in places: Places) throws -> (path: String, events: Int) {
        let path = "\(places.scratch)/decode-\(id)"
        let expected = Self.tasks / channels * channels * 3
        if !FileManager.default.fileExists(atPath: path) {
            try isRing ? Self.recordRing(path, tasks: Self.tasks) : recordSession(path, places, tasks: Self.tasks)
        }
        let events = try count(path, places)
        guard events >= expected else { throw BenchError("\(path) has \(events) events, not \(expected) at least") }
        return (path, events)
    }

    private func count(_ path: String, _ places: Places) throws -> Int {
        let output = places.scratch + "/summary.json"
        try ChildProgram.run(places.pooltrace, ["events", "--summary", "--format", "json", path], output: output)
        let summary = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: output)))
        guard let count = (summary as? [String: Any])?["total"] as? Int else {
            throw BenchError("pooltrace events --summary --format json has no total: \(summary)")
        }
        return count
    }

    static func recordRing(_ path: String, tasks: Int) throws {
        try ChildProgram.run(
            RecordedRun.program, RecordedRun.arguments(tasks: tasks),
            environment: [
                "POOLTRACE_TRACE": path, "POOLTRACE_LIMIT": "1G", "POOLTRACE_LTTNG": "off", "POOLTRACE_RING": "on",
            ])
    }

    /// Records with a session daemon of its own; a full buffer makes the program wait, so that no event is discarded.
    func recordSession(_ path: String, _ places: Places, tasks: Int) throws {
        let home = "\(places.scratch)/decode-home"
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        let log = "\(home)/log"
        let contexts = hasContexts ? "-t vpid -t vtid -t procname" : ""
        let command = SessionDaemonScript.command(
            Self.script,
            [path, "\(channels)", contexts, places.provider, RecordedRun.program]
                + RecordedRun.arguments(tasks: tasks / channels) + [log], isRoot: geteuid() == 0)
        do {
            try ChildProgram.run(
                command.program, command.arguments, environment: SessionDaemonScript.environment(home: home))
        } catch {
            let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw BenchError("no trace was recorded: \(text.split(separator: "\n").last ?? "\(error)")")
        }
    }

    /// Arguments: the trace, how many channels, the contexts' options, the provider, the program with two arguments,
    /// and the log.
    private static let script = """
        control() { lttng --no-sessiond "$@" >>"$log" 2>&1 </dev/null || give_up "lttng $* failed"; }
        control create decode --output="$1"
        for channel in $(seq "$2"); do
            control enable-channel --userspace --discard --blocking-timeout=inf --subbuf-size=1M --num-subbuf=4 "c$channel"
            control enable-event --userspace --channel="c$channel" 'pooltrace:*'
            [ -z "$3" ] || control add-context --userspace --channel="c$channel" $3
        done
        control start
        LD_PRELOAD="$4" LTTNG_UST_ALLOW_BLOCKING=1 LTTNG_UST_REGISTER_TIMEOUT=-1 POOLTRACE_LTTNG=on POOLTRACE_RING=off \\
            "$5" "$6" "$7" >>"$log" || give_up "the traced program failed"
        control stop
        control destroy decode
        kill "$daemon"
        wait "$daemon"
        exit 0
        """
}
