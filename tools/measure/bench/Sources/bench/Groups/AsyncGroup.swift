import Foundation

/// Swift's own async tasks, taken over: children of groups, which Dispatch runs with and without a record of them, and
/// one thread alone.
enum AsyncGroup {
    private static let count = 100_000

    static let rows = [
        row("async-off", "Swift's tasks, left alone", "tasks", ["POOLTRACE_RUNTIME=off"], []),
        row(
            "async-record", "Swift's tasks, recorded to the ring", "tasks", ["POOLTRACE_RUNTIME=record"],
            [.atMost(2, of: "async-off")]),
        row(
            "async-serial", "Swift's tasks, on one thread, recorded", "tasks", ["POOLTRACE_MODE=serial"],
            [.beside("async-off")]),
        row("segments-off", "two tasks that resume each other, left alone", "segments", ["POOLTRACE_RUNTIME=off"], []),
        row(
            "segments-serial", "two tasks that resume each other, on one thread", "segments", ["POOLTRACE_MODE=serial"],
            [.beside("segments-off")]),
    ]

    private static func row(
        _ id: String, _ title: String, _ what: String, _ environment: [String], _ targets: [Target]
    ) -> Row {
        Row(id, title, .task, in: .peer(id), threads: 0, targets) {
            try Conditions.restrict()
            let program = try Places.inherited().peers + "/async"
            let command = ["/usr/bin/env", "POOLTRACE_LTTNG=off"] + environment + [program, what]
            let peer = try PeerProgram(command)
            return { try peer.round(count, threads: 1) }
        }
    }
}
